import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FunctionPlan, FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import { functionProcesses } from "./function-processes.ts";
import type { FunctionSettings } from "./function-settings.ts";
import type { NodeProgram } from "./node-program.ts";
import type { MachineLimits } from "./runner-dependencies.ts";
import { type ZippedFile, zipCode } from "./zipped-code.fixture.ts";

export const IS_ROOT = process.getuid?.() === 0;
/** Of this process alone: other tests run functions at the same time, and a user's processes are counted. */
export const FIRST_UID = 1_000_000 + 2 * process.pid;

export interface RunnerWorld {
  readonly runner: FunctionRunner;
  readonly directory: string;
  readonly warnings: readonly string[];
  /** A function of these files; isolated where this process may. */
  readonly plan: (files: Readonly<Record<string, string | ZippedFile>>, more?: Partial<FunctionPlan>) => FunctionPlan;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  readonly settings?: FunctionSettings;
  readonly machine?: Partial<MachineLimits>;
  readonly node?: NodeProgram;
  /** A new one when absent. */
  readonly directory?: string;
}

/** A runner with a folder of its own. */
export function openRunner({ settings = {}, machine, node, directory: given }: WorldOptions = {}): RunnerWorld {
  const directory = given ?? mkdtempSync(join(tmpdir(), "sluice-functions-"));
  const zips = new Map<string, Buffer>();
  const warnings: string[] = [];
  const runner = functionProcesses.create(IS_ROOT ? settings : { isolation: "none", ...settings }, {
    directory,
    region: "us-east-1",
    readCode: async (codeSha256) => Readable.from([zips.get(codeSha256)!]),
    endpoint: () => ({ url: "http://127.0.0.1:9", certificate: null }),
    warn: (message) => void warnings.push(message),
    ...(machine === undefined ? {} : { machine }),
    ...(node === undefined ? {} : { node }),
  });
  return {
    runner,
    directory,
    warnings,
    plan: (files, more = {}) => {
      const { zip, codeSha256 } = zipCode(files);
      zips.set(codeSha256, zip);
      return {
        functionName: "shop",
        version: "$LATEST",
        codeSha256,
        runtime: "nodejs24.x",
        handler: "index.handler",
        timeoutSeconds: 60,
        memoryMegabytes: 256,
        ephemeralStorageMegabytes: 512,
        variables: {},
        uid: IS_ROOT ? FIRST_UID : null,
        credentials: { accessKeyId: "AKIDFUNCTION", secretAccessKey: "function-secret" },
        ...more,
      };
    },
    close: async () => {
      await runner.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
