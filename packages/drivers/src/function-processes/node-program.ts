import { FUNCTION_RUNTIME_COMMAND } from "@sluice/model/function-runtime-command.ts";
import { isSingleFile } from "@sluice/wire/program/own-program.ts";

/** What runs functions in JavaScript. */
export interface NodeProgram {
  readonly path: string;
  /** A single-file release: Node is in there, but started with a file it is Sluice all the same. */
  readonly isSluice: boolean;
}

/** The one that this process is. */
export function ownNodeProgram(): NodeProgram {
  return { path: process.execPath, isSluice: isSingleFile() };
}

/**
 * The command that runs a file with an option of Node's.
 * @param place of the program, as the function sees it
 * @param variables of the function
 */
export function nodeRun(
  { isSluice }: NodeProgram,
  place: string,
  option: string,
  file: string,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  if (!isSluice) return [place, option, file];
  // Such a program takes options of Node's by this argument alone, and none from NODE_OPTIONS: the function's own go with ours.
  const options = [variables.NODE_OPTIONS, option].filter(Boolean).join(" ");
  return [place, `--node-options=${options}`, FUNCTION_RUNTIME_COMMAND, file];
}
