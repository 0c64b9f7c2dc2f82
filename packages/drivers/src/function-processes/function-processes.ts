import type { FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import type { Driver } from "../driver.ts";
import { FUNCTION_SETTINGS, type FunctionSettings, readFunctionSettings } from "./function-settings.ts";
import { createProcessRunner } from "./process-runner.ts";
import type { FunctionProcessesDependencies } from "./runner-dependencies.ts";

/** The code of functions in processes of this machine. */
export const functionProcesses: Driver<
  "function-runner",
  FunctionSettings,
  FunctionProcessesDependencies,
  FunctionRunner
> = {
  port: "function-runner",
  name: "functions",
  configSchema: FUNCTION_SETTINGS,
  create: (settings, dependencies) => createProcessRunner(readFunctionSettings(settings), dependencies),
};
