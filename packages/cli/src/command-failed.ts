import { WrongOptionError } from "@sluice/model/wrong-option.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { askedServer } from "./asked-server.ts";
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
  return `${describeItself(error)}${error instanceof Error ? askedServer(error) : ""}`;
}

function describeItself(error: unknown): string {
  if (error instanceof ServiceError) return `${error.message} (${error.code})`;
  if (!(error instanceof Error)) return String(error);
  if (BUGS.some((bug) => error instanceof bug)) return error.stack ?? error.message;
  return describeSystemError(error) ?? error.message;
}

/** What the system says of a file, in words, where nobody knew better what the file is for; undefined for every other error. */
function describeSystemError({ code, path, syscall }: NodeJS.ErrnoException): string | undefined {
  if (code === undefined || path === undefined || syscall === undefined) return undefined;
  switch (code) {
    case "ENOENT":
      return `${path} does not exist`;
    case "ENOTDIR":
      return `${path} cannot exist: a part of its path is a file, not a directory`;
    case "EISDIR":
      return `${path} is a directory, but a file is expected`;
    case "EACCES":
    case "EPERM":
      return `permission denied: this user cannot use ${path}. See its owner and mode: ls -ld ${path}`;
    case "EROFS":
      return `${path} is on a read-only file system. Name a path elsewhere`;
    default:
      return undefined;
  }
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
