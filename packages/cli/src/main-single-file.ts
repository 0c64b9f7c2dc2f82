import { createRequire } from "node:module";
import { dirname } from "node:path";
import { getAsset } from "node:sea";
import { compileFunction, constants } from "node:vm";
import { becomeFunctionRuntime } from "./function-runtime.ts";

/**
 * The main script of a single-file release (Node's single executable applications), whose program is an asset beside it: Node compiles the main script
 * whatever it then does, and eight megabytes of it would be half a second of each cold start of a function.
 */
const PROGRAM_ASSET = "server.cjs";

function runProgram(): void {
  const file = process.execPath;
  const module = { exports: {} };
  const run = compileFunction(
    getAsset(PROGRAM_ASSET, "utf8"),
    ["exports", "require", "module", "__filename", "__dirname"],
    {
      filename: PROGRAM_ASSET,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  run(module.exports, createRequire(file), module, file, dirname(file));
}

if (!becomeFunctionRuntime(process.argv)) runProgram();
