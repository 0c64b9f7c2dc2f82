import type { HookInvocation, HookInvoker, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import { afterEach, describe, expect, it } from "vitest";

/** One hook. */
export interface HookInvokerWorld {
  readonly invoker: HookInvoker;
  readonly hook: string;
  /** A hook that there is not; null: whatever is asked for is there, since the driver has one hook of any name. */
  readonly nobody: string | null;
  /** What the hook was told, in order, but for what it was told before. */
  readonly told: () => readonly Pick<HookInvocation, "deploymentId" | "executionId">[];
  /** The run ends so. A driver that says nothing of runs needs not do anything. */
  readonly end: (executionId: string, state: HookRun["state"], detail: string) => void;
  readonly close?: () => Promise<void>;
}

const STOPPED = AbortSignal.abort();
const never = new AbortController().signal;

/** What every driver of the port does alike. `createWorld` makes a new world for each test. */
export function hookInvokerContract(name: string, createWorld: () => Promise<HookInvokerWorld>): void {
  describe(`the hook invoker driver ${name}`, () => {
    const opened: HookInvokerWorld[] = [];
    const open = async () => {
      const world = await createWorld();
      opened.push(world);
      const { hook } = world;
      const invocation: HookInvocation = {
        hook,
        deploymentId: "d-FIRST1111",
        executionId: "execution-1",
        event: "BeforeAllowTraffic",
      };
      return { ...world, invocation, executions: () => world.told().map(({ executionId }) => executionId) };
    };
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.close?.();
    });

    it("finds a hook without running it, and says of another that it is missing", async () => {
      const { invoker, hook, nobody, executions } = await open();
      expect(await invoker.find({ hook }, never)).toEqual({ outcome: "found" });
      if (nobody !== null) {
        const reason = expect.stringContaining(nobody);
        expect(await invoker.find({ hook: nobody }, never)).toEqual({ outcome: "missing", reason });
      }
      expect(executions()).toEqual([]);
    });

    it("runs a hook, and tells it the deployment and the execution", async () => {
      const { invoker, invocation, told } = await open();
      expect(await invoker.invoke(invocation, never)).toMatchObject({ outcome: "done" });
      expect(told()).toMatchObject([{ deploymentId: "d-FIRST1111", executionId: "execution-1" }]);
    });

    it("names the same execution when it is asked again, and another one for another", async () => {
      const { invoker, invocation, executions } = await open();
      for (const _ of [1, 2]) expect(await invoker.invoke(invocation, never)).toMatchObject({ outcome: "done" });
      expect(executions()).toEqual(["execution-1"]);
      await invoker.invoke({ ...invocation, executionId: "execution-2" }, never);
      expect(executions()).toEqual(["execution-1", "execution-2"]);
    });

    it("runs the same execution of another deployment by itself", async () => {
      const { invoker, invocation, told } = await open();
      await invoker.invoke(invocation, never);
      await invoker.invoke({ ...invocation, deploymentId: "d-SECOND222" }, never);
      expect(told()).toMatchObject([
        { deploymentId: "d-FIRST1111", executionId: "execution-1" },
        { deploymentId: "d-SECOND222", executionId: "execution-1" },
      ]);
    });

    it("does not wait for the hook's end, and says later what has become of it", async () => {
      for (const state of ["ended", "broken"] as const) {
        const { invoker, invocation, end } = await open();
        await invoker.invoke(invocation, never);
        expect((await invoker.observe(invocation, never)).state).toMatch(/^(running|unknown)$/);
        end("execution-1", state, "exit code 1");
        const run = await invoker.observe(invocation, never);
        if (run.state !== "unknown") expect(run).toMatchObject({ state, detail: "exit code 1" });
      }
    });

    it("knows nothing of a run that was never asked for", async () => {
      const { invoker, invocation } = await open();
      expect(await invoker.observe(invocation, never)).toMatchObject({ state: "unknown" });
    });

    it("says no for a hook that is not there", async () => {
      const { invoker, invocation, nobody, executions } = await open();
      if (nobody === null) return;
      const refusal = await invoker.invoke({ ...invocation, hook: nobody }, never);
      expect(refusal).toMatchObject({ outcome: "failed", reason: expect.stringContaining(nobody) });
      expect(executions()).toEqual([]);
    });

    it("does not begin when it was told to stop", async () => {
      const { invoker, invocation, hook, executions } = await open();
      await expect(invoker.find({ hook }, STOPPED)).rejects.toThrow();
      await expect(invoker.invoke(invocation, STOPPED)).rejects.toThrow();
      await expect(invoker.observe(invocation, STOPPED)).rejects.toThrow();
      expect(executions()).toEqual([]);
    });
  });
}
