import { createRequire } from "node:module";
import { FUNCTION_RUNTIME_COMMAND } from "@sluice/model/function-runtime-command.ts";

/**
 * Becomes a function's runtime when that is what this process is started for, as if Node had been started with the file: nothing else of Sluice
 * is loaded before, since each cold start of a function waits for it.
 * @param argv of the process, with its two first
 * @returns whether it did
 */
export function becomeFunctionRuntime(argv: readonly string[]): boolean {
  const [program = "", , command, file, option, ...more] = argv;
  if (command !== FUNCTION_RUNTIME_COMMAND || file === undefined || option === undefined || more.length > 0)
    return false;
  process.argv = [program, file];
  // What the function itself starts is to have what the function was given.
  const options = process.env.NODE_OPTIONS ?? "";
  const given = options.endsWith(option) ? options.slice(0, -option.length).trimEnd() : options;
  if (given === "") delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = given;
  createRequire(file)(file);
  return true;
}
