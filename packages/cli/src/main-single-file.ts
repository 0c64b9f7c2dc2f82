import { createRequire } from "node:module";
import { dirname } from "node:path";
import { getRawAsset } from "node:sea";
import { compileFunction, constants } from "node:vm";
import { becomeFunctionRuntime } from "./function-runtime.ts";
import { chooseProgram, type ProgramChoice } from "./release/program-choice.ts";

/**
 * The main script of a release in one executable (Node's single executable applications), whose programs are assets beside it: Node compiles the main script
 * whatever it then does, and eight megabytes of it would be half a second of each cold start of a function.
 */
function main(argv: readonly string[]): void {
  const choice = chooseProgram(argv);
  if (choice.options.length > 0 && process.execArgv.length === 0) startAnew(choice, argv);
  runProgram(`${choice.program}.cjs`);
}

/**
 * Becomes the same program with the settings that it was measured with, as the launcher does (bin/sluice): V8 takes the sizes of its heap at its start
 * alone, and malloc reads the environment. The process stays the one that was started.
 */
function startAnew({ options, name }: ProgramChoice, argv: readonly string[]): void {
  const environment = { ...process.env, MALLOC_ARENA_MAX: "1" };
  process.execve?.(process.execPath, [name, `--node-options=${options.join(" ")}`, ...argv], environment);
}

function runProgram(asset: string): void {
  const file = process.execPath;
  const module = { exports: {} };
  const run = compileFunction(
    // A view of the file, so that the text alone is in memory.
    Buffer.from(getRawAsset(asset)).toString("utf8"),
    ["exports", "require", "module", "__filename", "__dirname"],
    {
      filename: asset,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  run(module.exports, createRequire(file), module, file, dirname(file));
}

if (!becomeFunctionRuntime(process.argv)) main(process.argv.slice(2));
