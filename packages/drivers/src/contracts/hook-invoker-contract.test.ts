import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import { describe, expect, it } from "vitest";
import { type MemoryHookRun, memoryHookInvoker } from "../memory/memory-hook-invoker.ts";

/** One hook, `validate`. */
interface World {
  readonly invoker: HookInvoker;
  /** The execution ids that the hook was run under, each once for each deployment. */
  readonly executions: () => readonly string[];
  /** What the hook was told in its last run. */
  readonly told: () => Partial<HookInvocation> | undefined;
  readonly end: (executionId: string, state: HookRun["state"], detail: string) => void;
}

const INVOCATION: HookInvocation = {
  hook: "validate",
  deploymentId: "d-1",
  executionId: "execution-1",
  event: "BeforeAllowTraffic",
};
const never = new AbortController().signal;

function memoryWorld(): World {
  const runs = new Map<string, MemoryHookRun>();
  return {
    invoker: memoryHookInvoker.create({}, { hooks: new Set(["validate"]), runs }),
    executions: () => [...runs.values()].map(({ executionId }) => executionId),
    told: () => [...runs.values()].at(-1),
    end: (executionId, state, detail) => {
      for (const run of runs.values()) if (run.executionId === executionId) run.run = { state, detail };
    },
  };
}

/** Every driver of the port. */
const DRIVERS: readonly { readonly name: string; readonly createWorld: () => World }[] = [
  { name: "memory", createWorld: memoryWorld },
];

describe.each(DRIVERS)("the hook invoker driver $name", ({ createWorld }) => {
  it("finds a hook without running it, and says of another that it is missing", async () => {
    const { invoker, executions } = createWorld();
    expect(await invoker.find("validate", never)).toEqual({ outcome: "found" });
    expect(await invoker.find("nobody", never)).toEqual({
      outcome: "missing",
      reason: expect.stringContaining("nobody"),
    });
    expect(executions()).toEqual([]);
  });

  it("runs a hook, and tells it the deployment and the execution", async () => {
    const { invoker, executions, told } = createWorld();
    expect(await invoker.invoke(INVOCATION, never)).toMatchObject({ outcome: "done" });
    expect(executions()).toEqual(["execution-1"]);
    expect(told()).toMatchObject({ deploymentId: "d-1", executionId: "execution-1" });
  });

  it("names the same execution when it is asked again, and another one for another", async () => {
    const { invoker, executions } = createWorld();
    for (const _ of [1, 2]) expect(await invoker.invoke(INVOCATION, never)).toMatchObject({ outcome: "done" });
    expect(executions()).toEqual(["execution-1"]);
    await invoker.invoke({ ...INVOCATION, executionId: "execution-2" }, never);
    expect(executions()).toEqual(["execution-1", "execution-2"]);
  });

  it("runs the same execution of another deployment by itself", async () => {
    const { invoker, executions, told } = createWorld();
    await invoker.invoke(INVOCATION, never);
    await invoker.invoke({ ...INVOCATION, deploymentId: "d-2" }, never);
    expect(executions()).toEqual(["execution-1", "execution-1"]);
    expect(told()).toMatchObject({ deploymentId: "d-2" });
  });

  it("does not wait for the hook's end, and says later what has become of it", async () => {
    for (const state of ["ended", "broken"] as const) {
      const { invoker, end } = createWorld();
      await invoker.invoke(INVOCATION, never);
      expect((await invoker.observe(INVOCATION, never)).state).toMatch(/^(running|unknown)$/);
      end("execution-1", state, "exit code 1");
      const run = await invoker.observe(INVOCATION, never);
      if (run.state !== "unknown") expect(run).toEqual({ state, detail: "exit code 1" });
    }
  });

  it("knows nothing of a run that was never asked for", async () => {
    const { invoker } = createWorld();
    expect(await invoker.observe(INVOCATION, never)).toMatchObject({ state: "unknown" });
  });

  it("says no for a hook that is not there", async () => {
    const { invoker, executions } = createWorld();
    const refusal = await invoker.invoke({ ...INVOCATION, hook: "nobody" }, never);
    expect(refusal).toEqual({ outcome: "failed", reason: expect.stringContaining("nobody") });
    expect(executions()).toEqual([]);
  });

  it("does not begin when it was told to stop", async () => {
    const { invoker, executions } = createWorld();
    const stopped = AbortSignal.abort();
    await expect(invoker.find("validate", stopped)).rejects.toThrow();
    await expect(invoker.invoke(INVOCATION, stopped)).rejects.toThrow();
    await expect(invoker.observe(INVOCATION, stopped)).rejects.toThrow();
    expect(executions()).toEqual([]);
  });
});
