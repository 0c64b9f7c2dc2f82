import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryHookRun extends HookInvocation {
  /** The test's to change; it begins as running. */
  run: HookRun;
}

export interface MemoryHookInvokerDependencies {
  /** Those that there are, read at every call. */
  readonly hooks: ReadonlySet<string>;
  /** Every run, by deployment and execution, in the order in which they began. */
  readonly runs: Map<string, MemoryHookRun>;
  /** Called when a hook begins, once for each execution: a simulated hook answers by it, now or later. */
  readonly onInvoke?: (run: MemoryHookRun) => void;
}

/** Hooks in memory, for tests and simulations. */
export const memoryHookInvoker: Driver<"hook-invoker", NoSettings, MemoryHookInvokerDependencies, HookInvoker> = {
  port: "hook-invoker",
  name: "memory",
  create: (_settings, { hooks, runs, onInvoke }) => ({
    find: async ({ hook }, signal) => {
      signal.throwIfAborted();
      return hooks.has(hook) ? { outcome: "found" } : { outcome: "missing", reason: `there is no hook ${hook}` };
    },
    invoke: async (invocation, signal) => {
      signal.throwIfAborted();
      const { hook } = invocation;
      if (!hooks.has(hook)) return { outcome: "failed", reason: `there is no hook ${hook}` };
      if (runs.has(runKey(invocation))) return { outcome: "done" };
      const run: MemoryHookRun = { ...invocation, run: { state: "running", detail: "" } };
      runs.set(runKey(invocation), run);
      onInvoke?.(run);
      return { outcome: "done" };
    },
    observe: async (invocation, signal) => {
      signal.throwIfAborted();
      const { executionId } = invocation;
      return runs.get(runKey(invocation))?.run ?? { state: "unknown", detail: `there is no execution ${executionId}` };
    },
  }),
};

/** An execution id names one run of a deployment; the next deployment's has the same. */
function runKey({ deploymentId, executionId }: HookInvocation): string {
  return `${deploymentId}/${executionId}`;
}
