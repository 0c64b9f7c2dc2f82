import { isSea } from "node:sea";
import { FUNCTION_RUNTIME_COMMAND } from "@sluice/model/function-runtime-command.ts";

/** What runs functions in JavaScript. */
export interface NodeProgram {
  readonly path: string;
  /** A single-file release: Node is in there, but started with a file it is Sluice all the same. */
  readonly isSluice: boolean;
}

/** The one that this process is. */
export function ownNodeProgram(): NodeProgram {
  return { path: process.execPath, isSluice: isSea() };
}

export interface NodeRun {
  readonly command: readonly string[];
  /** Over those of the function. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs a file with an option of Node's.
 * @param place of the program, as the function sees it
 * @param variables of the function
 */
export function nodeRun(
  { isSluice }: NodeProgram,
  place: string,
  option: string,
  file: string,
  variables: Readonly<Record<string, string>>,
): NodeRun {
  if (!isSluice) return { command: [place, option, file], variables: {} };
  // Options of Node's come to such a program by this variable alone; function-runtime.ts takes ours out again.
  const options = [variables.NODE_OPTIONS, option].filter(Boolean).join(" ");
  return { command: [place, FUNCTION_RUNTIME_COMMAND, file, option], variables: { NODE_OPTIONS: options } };
}
