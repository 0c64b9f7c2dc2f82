import { type MemoryHookRun, memoryHookInvoker } from "../memory/memory-hook-invoker.ts";
import { type HookInvokerWorld, hookInvokerContract } from "./hook-invoker-contract.fixture.ts";

async function memoryWorld(): Promise<HookInvokerWorld> {
  const runs = new Map<string, MemoryHookRun>();
  return {
    invoker: memoryHookInvoker.create({}, { hooks: new Set(["validate"]), runs }),
    hook: "validate",
    nobody: "nobody",
    told: () => [...runs.values()],
    end: (executionId, state, detail) => {
      for (const run of runs.values()) if (run.executionId === executionId) run.run = { state, detail };
    },
  };
}

hookInvokerContract("memory", memoryWorld);
