import { createRequire } from "node:module";
import { FUNCTION_RUNTIME_COMMAND } from "@sluice/model/function-runtime-command.ts";

/**
 * Becomes a function's runtime when that is what this process is started for, as if Node had been started with the file: nothing else of Sluice
 * is loaded before, since each cold start of a function waits for it.
 * @param argv of the process, with its two first
 * @returns whether it did
 */
export function becomeFunctionRuntime(argv: readonly string[]): boolean {
  const [program = "", , command, file, ...more] = argv;
  if (command !== FUNCTION_RUNTIME_COMMAND || file === undefined || more.length > 0) return false;
  process.argv = [program, file];
  createRequire(file)(file);
  return true;
}
