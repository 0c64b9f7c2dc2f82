import { WrongOptionError } from "@sluice/model/wrong-option.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { printError } from "./output.ts";

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** A command could not do what it was asked. The message names the cause and the cure; it is printed without a stack. */
export class CommandFailed extends Error {
  readonly exitStatus: number;

  constructor(message: string, options: ErrorOptions & { readonly exitStatus?: number } = {}) {
    super(message, options);
    this.name = "CommandFailed";
    this.exitStatus = options.exitStatus ?? EXIT_FAILED;
  }
}

/** Errors that are thrown by a mistake in the program itself. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError];

/** What a person is told of an error: a foreseen one by its message, a bug with its stack. */
export function describeError(error: unknown): string {
  if (error instanceof ServiceError) return `${error.message} (${error.code})`;
  if (!(error instanceof Error)) return String(error);
  return BUGS.some((bug) => error instanceof bug) ? (error.stack ?? error.message) : error.message;
}

function exitStatusOf(error: unknown): number {
  if (error instanceof CommandFailed) return error.exitStatus;
  return error instanceof WrongOptionError ? EXIT_USAGE : EXIT_FAILED;
}

/** Prints what went wrong, and leaves the exit status in `process.exitCode`. */
export function reportFailure(error: unknown): void {
  printError(`sluice: ${describeError(error)}`);
  process.exitCode = exitStatusOf(error);
}
