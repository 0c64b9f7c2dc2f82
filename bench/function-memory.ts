import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measured } from "./figure.ts";
import { bareProgram, type FunctionRuntime, type FunctionService, functionFigure } from "./function-service.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { descendantsOf, memoryOf } from "./process-figures.ts";
import { median, worst } from "./statistics.ts";

/** Shared pages are divided among the processes that share them, so as many of ours as of the others have to be there. */
const PROCESSES = 5;
const IDLE_MILLISECONDS = 30_000;
const CALL_SECONDS = 1;
const RUNTIMES: readonly FunctionRuntime[] = ["nodejs", "python3"];

const BARE: Readonly<Record<FunctionRuntime, readonly string[]>> = {
  nodejs: ["-e", 'setInterval(() => {}, 1e9); console.log("ready")'],
  python3: ["-c", 'import time; print("ready", flush=True); time.sleep(1e6)'],
};

export const functionMemory = functionFigure(
  "function-memory",
  "memory of functions, and of a server with functions",
  async (service) => {
    const generator = startHelper("load-generator.ts");
    try {
      for (const runtime of RUNTIMES)
        for (let index = 0; index < PROCESSES; index++) await service.create(`idle-${runtime}-${index}`, runtime);
      await sleep(IDLE_MILLISECONDS);
      const { rss, pss } = memoryOf(service.server.processId);
      const measured: Measured[] = [
        {
          figure: "server with functions bound, and none called, RSS",
          unit: "MB",
          reached: rss,
          detail: `${IDLE_MILLISECONDS / 1000} s after ${RUNTIMES.length * PROCESSES} functions were created; PSS ${pss.toFixed(1)} MB`,
          reference: "the idle server without bindings: npm run bench -- server-memory",
        },
      ];
      for (const runtime of RUNTIMES) measured.push(await memoryOfFunctions(service, runtime, generator));
      return measured;
    } finally {
      generator.close();
    }
  },
);

async function memoryOfFunctions(
  { server, port, invocation }: FunctionService,
  runtime: FunctionRuntime,
  generator: ReturnType<typeof startHelper>,
): Promise<Measured> {
  const bare = await Promise.all(Array.from({ length: PROCESSES }, () => startBare(runtime)));
  try {
    const environments: number[][] = [];
    for (let index = 0; index < PROCESSES; index++) {
      const before = new Set(descendantsOf(server.processId));
      const request = invocation(`idle-${runtime}-${index}`);
      const order = { port, request, connections: 1, warmUpSeconds: 0, seconds: CALL_SECONDS };
      await generator.ask<LoadResult>(order satisfies LoadOrder);
      environments.push(descendantsOf(server.processId).filter((each) => !before.has(each)));
    }
    await sleep(IDLE_MILLISECONDS);
    const ours = environments.map((processes) => sumOf(processes));
    const theirs = bare.map(({ pid }) => sumOf([pid ?? 0]));
    return {
      figure: `an idle environment of an empty handler, ${runtime}, PSS of its processes`,
      unit: "MB",
      reached: median(ours.map(({ pss }) => pss)),
      detail:
        `median of ${PROCESSES}, worst ${worst(ours.map(({ pss }) => pss)).toFixed(1)}; RSS ${median(ours.map(({ rss }) => rss)).toFixed(1)} MB; ` +
        `${IDLE_MILLISECONDS / 1000} s after calls for ${CALL_SECONDS} s`,
      reference: `a bare idle process: PSS ${median(theirs.map(({ pss }) => pss)).toFixed(1)} MB, RSS ${median(theirs.map(({ rss }) => rss)).toFixed(1)} MB`,
    };
  } finally {
    for (const process of bare) process.kill();
  }
}

function sumOf(processes: readonly number[]): { readonly rss: number; readonly pss: number } {
  const all = processes.map(memoryOf);
  return { rss: all.reduce((sum, { rss }) => sum + rss, 0), pss: all.reduce((sum, { pss }) => sum + pss, 0) };
}

async function startBare(runtime: FunctionRuntime) {
  const child = spawn(bareProgram(runtime), BARE[runtime], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}
