import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import type { HookInvocation, HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import { describe, expect, it } from "vitest";
import type { BoundDriver } from "./bound-driver.ts";
import { boundHookInvoker, invokerOfHook } from "./bound-hook-invoker.ts";

const never = new AbortController().signal;
const ARN = "arn:aws:lambda:eu-west-1:111122223333:function";
const INVOCATION: HookInvocation = {
  hook: "check-web",
  deploymentId: "d-1",
  executionId: "e-1",
  event: "AfterInstall",
};

function hooks(runs = new Map<string, MemoryHookRun>()): HookInvoker {
  return memoryHookInvoker.create({}, { hooks: new Set(["check-web"]), runs });
}

function bound(match: string, instance: HookInvoker): BoundDriver<HookInvoker> {
  return { binding: { match, port: "hook-invoker", driver: "test", settings: {} }, instance };
}

describe("the bound hook invoker", () => {
  it("has a hook run by the driver of its binding", async () => {
    const runs = new Map<string, MemoryHookRun>();
    const port = boundHookInvoker([bound("CodeDeployHook_*", hooks()), bound("check-*", hooks(runs))]);
    expect(await port.find({ hook: "check-web" }, never)).toEqual({ outcome: "found" });
    expect(await port.invoke(INVOCATION, never)).toEqual({ outcome: "done" });
    expect(runs.size).toBe(1);
    expect(await port.observe(INVOCATION, never)).toMatchObject({ state: "running" });
  });

  it.each([
    ["CodeDeployHook_*", "CodeDeployHook_check", true],
    ["CodeDeployHook_*", `${ARN}:CodeDeployHook_check:live`, true],
    [`${ARN}:CodeDeployHook_check`, "CodeDeployHook_check", true],
    [`${ARN}:CodeDeployHook_check`, "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_check", false],
    ["CodeDeployHook_*", "check", false],
  ])("reads the pattern %s for %s", (match, hook, isMatched) => {
    expect(invokerOfHook([bound(match, hooks())], hook) !== undefined).toBe(isMatched);
  });

  it("says no, with a binding to add, where there is none", async () => {
    const port = boundHookInvoker([]);
    const reason = expect.stringMatching(/hook "check-web".*- \{ match: "check-web", port: hook-invoker/);
    expect(await port.find({ hook: "check-web" }, never)).toEqual({ outcome: "missing", reason });
    expect(await port.invoke(INVOCATION, never)).toEqual({ outcome: "failed", reason });
    expect(await port.observe(INVOCATION, never)).toEqual({ state: "unknown", detail: reason });
  });
});
