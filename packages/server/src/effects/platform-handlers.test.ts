import { memoryFunctionAlias, newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "@sluice/drivers/memory/memory-task-sets.ts";
import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import type { ServiceFacts } from "@sluice/engine/ports/task-sets.ts";
import type { LambdaAliasTarget } from "@sluice/engine/state.ts";
import type { ShiftEffect } from "@sluice/engine/strategies/shift/shift-effects.ts";
import { hostCommand, hostEvent, lambdaTarget } from "@sluice/engine/target.fixture.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { insertDeployment } from "../runner/runner.fixture.ts";
import type { HookProgress, ProgressOf } from "../store/columns/effect-records.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { insertTargets } from "../store/targets.ts";
import { awaitTaskSetHandler } from "./await-task-set-handler.ts";
import { SUPERSEDED } from "./effect-handler.ts";
import { invokeHookHandler } from "./invoke-hook-handler.ts";
import type { PlatformParts } from "./platform-handler.ts";
import { removeTaskSetHandler } from "./remove-task-set-handler.ts";
import { setAliasWeightsHandler } from "./set-alias-weights-handler.ts";
import { setWeightsHandler } from "./set-weights-handler.ts";

const MINUTE = 60_000;
const OF_COMMAND = { key: "key", targetId: "charge", event: "AllowTraffic", attempt: 1 } as const;
const SERVICE = { clusterName: "shop", serviceName: "web" };
const never = new AbortController().signal;

let store: Store;
let now: number;
let aliases: Map<string, { version: string; second: { version: string; percent: number } | null }>;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  now = 0;
  aliases = new Map([["live", { version: "1", second: null }]]);
});
afterEach(() => store.close());

/** A deployment in whose second step 20 % were asked for, and 10 % are set. */
async function inSecondStep(changes: Partial<LambdaAliasTarget> = {}): Promise<void> {
  await insertDeployment(store, "d-1", {
    healthRule: { type: "HOST_COUNT", value: 0 },
    request: {},
    revisionKey: "k",
    strategy: { type: "in-place", hasTrafficControl: false, zones: null },
    alarms: null,
    at: 0,
  });
  const target = lambdaTarget("charge", {
    status: "InProgress",
    lifecycleEvents: [hostEvent("AllowTraffic", { by: "platform", status: "InProgress", startedAt: 0 })],
    command: hostCommand("AllowTraffic", { by: "platform" }),
    shift: { step: 1, percent: 10, changedAt: 0, asked: { percent: 20, at: 0 } },
    ...changes,
  });
  await store.write((transaction) => insertTargets(transaction, "d-1", [target]));
}

function parts(ports: ShiftPorts): PlatformParts {
  return { store, ports, now: () => now };
}

function claimed<Effect extends ShiftEffect>(effect: Effect, progress?: ProgressOf<Effect["kind"]>) {
  return { key: effect.key, deploymentId: "d-1", effect, attempts: 1, progress };
}

function aliasPorts(): ShiftPorts {
  const versions = new Map(["1", "2"].map((version) => [version, newMemoryVersion()]));
  const functions = new Map([["charge", { versions, aliases }]]);
  return { functionAlias: memoryFunctionAlias.create({}, { functions }) };
}

function weigh(step: number, percent: number): Extract<ShiftEffect, { kind: "setAliasWeights" }> {
  const alias = { functionName: "charge", aliasName: "live" };
  const shift = { currentVersion: "1", targetVersion: "2", percent };
  return { kind: "setAliasWeights", ...OF_COMMAND, step, alias, shift };
}

describe("an effect of a platform", () => {
  it("is carried out while its step is the one that was asked for", async () => {
    await inSecondStep();
    const handler = setAliasWeightsHandler(parts(aliasPorts()));
    expect(await handler.attempt(claimed(weigh(2, 20)), never)).toEqual({ ended: { outcome: "done", detail: "" } });
    expect(aliases.get("live")?.second).toEqual({ version: "2", percent: 20 });
  });

  it.each<[string, Partial<LambdaAliasTarget>, number]>([
    ["its step was before", {}, 1],
    ["its step is to come", {}, 3],
    ["its step is set already", { shift: { step: 2, percent: 20, changedAt: 0, asked: null } }, 2],
    ["its event is over", { command: null }, 2],
    ["another event is under way", { command: hostCommand("AfterAllowTraffic", { by: "hook" }) }, 2],
    ["its command was given again", { command: hostCommand("AllowTraffic", { by: "platform", attempt: 2 }) }, 2],
  ])("is not begun when %s", async (_name, changes, step) => {
    await inSecondStep(changes);
    const handler = setAliasWeightsHandler(parts(aliasPorts()));
    expect(await handler.attempt(claimed(weigh(step, 50)), never)).toBe(SUPERSEDED);
    expect(aliases.get("live")?.second).toBeNull();
  });

  it("is not begun when its deployment is over", async () => {
    await inSecondStep();
    await store.write(({ db }) => db.updateTable("deployments").set({ active: 0 }).execute());
    const handler = setAliasWeightsHandler(parts(aliasPorts()));
    expect(await handler.attempt(claimed(weigh(2, 20)), never)).toBe(SUPERSEDED);
  });

  it("is asked for again, with the reason in its report, where nobody is bound to do it", async () => {
    await inSecondStep();
    const handler = setAliasWeightsHandler(parts({}));
    const effect = claimed(weigh(2, 20));
    const error = await handler.attempt(effect, never).catch((reason: unknown) => reason);
    expect(handler.vainBy(error, effect)).toEqual({
      error,
      progress: { outcome: "pending", detail: "no driver is bound to the port functionAlias" },
    });
  });

  it.each([
    ["waits on while fewer than three of its tasks have stopped", 2, true, undefined],
    ["fails as soon as three have, with their reasons", 3, true, "failed"],
    ["waits on for all its time where the group does not fail early", 30, false, undefined],
  ] as const)("awaits a task set, and %s", async (_name, failedTasks, failsEarly, outcome) => {
    await inSecondStep();
    const green = newMemoryTaskSet("green", { sickness: "Essential container in task exited: 3", failedTasks });
    const service: MemoryService = { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [green] };
    const timing = { startMilliseconds: 0, drainMilliseconds: 0, now: () => now, newTaskSetId: () => "" };
    const taskSets = memoryTaskSets.create({}, { services: new Map([["shop:web", service]]), ...timing });
    const awaiting: Extract<ShiftEffect, { kind: "awaitTaskSet" }> = {
      kind: "awaitTaskSet",
      ...OF_COMMAND,
      service: SERVICE,
      taskSetId: "green",
      failsEarly,
    };
    const words = `0 of 2 tasks of the task set green run, and ${failedTasks} stopped though they were wanted: Essential container in task exited: 3`;
    const attempt = await awaitTaskSetHandler(parts({ taskSets })).attempt(claimed(awaiting), never);
    if (outcome) expect(attempt).toEqual({ ended: { outcome, detail: words } });
    else expect(attempt).toMatchObject({ postponed: { progress: { outcome: "pending", detail: words } } });
    green.sickness = null;
    expect(await awaitTaskSetHandler(parts({ taskSets })).attempt(claimed(awaiting), never)).toEqual({
      ended: { outcome: "done", detail: "" },
    });
  });

  it.each<[string, number, object]>([
    ["is not done with one that alone was scaled to none", 2, { postponed: { progress: { outcome: "pending" } } }],
    ["is done with one of a service that is to have none, and says so", 0, { ended: { runsNothing: true } }],
  ])("awaits a task set without tasks, and %s", async (_name, desiredCount, attempt) => {
    await inSecondStep();
    const green = newMemoryTaskSet("green");
    const service: MemoryService = { controller: "CODE_DEPLOY", desiredCount, taskSets: [green] };
    const timing = { startMilliseconds: 0, drainMilliseconds: 0, now: () => now, newTaskSetId: () => "" };
    const taskSets = memoryTaskSets.create({}, { services: new Map([["shop:web", service]]), ...timing });
    const scaled: typeof taskSets = {
      ...taskSets,
      describe: async (...asked) => {
        const facts = await taskSets.describe(...asked);
        const none = { desiredCount: 0, pendingCount: 0, runningCount: 0 };
        return facts && { ...facts, taskSets: facts.taskSets.map((taskSet) => ({ ...taskSet, ...none })) };
      },
    };
    const awaiting = {
      kind: "awaitTaskSet",
      ...OF_COMMAND,
      service: SERVICE,
      taskSetId: "green",
      failsEarly: true,
    } as const;
    expect(await awaitTaskSetHandler(parts({ taskSets: scaled })).attempt(claimed(awaiting), never)).toMatchObject(
      attempt,
    );
  });

  it("gives a task set no traffic while it is not steady, and none to one that is gone", async () => {
    await inSecondStep();
    const production = new Map([["tg-one", 100]]);
    const green = newMemoryTaskSet("green", { sickness: "exit code 1" });
    const service: MemoryService = { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [green] };
    const timing = { startMilliseconds: 0, drainMilliseconds: 0, now: () => now, newTaskSetId: () => "" };
    const handler = setWeightsHandler(
      parts({
        taskSets: memoryTaskSets.create({}, { services: new Map([["shop:web", service]]), ...timing }),
        weightedRouter: memoryWeightedRouter.create({}, { listeners: new Map([["production", production]]) }),
      }),
    );
    const effect: Extract<ShiftEffect, { kind: "setWeights" }> = {
      kind: "setWeights",
      ...OF_COMMAND,
      step: 2,
      pair: { targetGroups: ["tg-one", "tg-two"], productionListener: "production", testListener: null },
      weights: [
        { targetGroup: "tg-one", percent: 80 },
        { targetGroup: "tg-two", percent: 20 },
      ],
      gaining: { service: SERVICE, taskSetId: "green" },
    };
    expect(await handler.attempt(claimed(effect), never)).toMatchObject({
      postponed: {
        progress: { outcome: "pending", code: "ECS_UPDATE_ERROR", detail: expect.stringContaining("0 of 2 tasks") },
      },
    });
    expect(Object.fromEntries(production)).toEqual({ "tg-one": 100 });
    // Whoever goes back does not ask.
    await handler.attempt(claimed({ ...effect, gaining: null }), never);
    expect(Object.fromEntries(production)).toEqual({ "tg-one": 80, "tg-two": 20 });
    service.taskSets.length = 0;
    expect(await handler.attempt(claimed(effect), never)).toEqual({
      ended: { outcome: "failed", detail: "the task set green is gone", code: "ECS_UPDATE_ERROR" },
    });
  });
});

describe("a hook", () => {
  const invocation = { hook: "check", deploymentId: "d-1", executionId: "e-1", event: "AllowTraffic" } as const;
  const effect: Extract<ShiftEffect, { kind: "invokeHook" }> = {
    kind: "invokeHook",
    ...OF_COMMAND,
    invocation,
    mustAnswer: false,
  };
  let runs: Map<string, MemoryHookRun>;

  async function attempt(progress?: HookProgress, mustAnswer = false) {
    const hookInvoker = memoryHookInvoker.create({}, { hooks: new Set(["check"]), runs });
    return invokeHookHandler(parts({ hookInvoker })).attempt(claimed({ ...effect, mustAnswer }, progress), never);
  }

  function becomes(state: MemoryHookRun["run"]): void {
    for (const run of runs.values()) run.run = state;
  }

  beforeEach(async () => {
    runs = new Map();
    await inSecondStep();
  });

  it("is invoked once, and then watched", async () => {
    const begun = await attempt();
    expect(begun).toEqual({
      postponed: {
        runAt: 1_000,
        progress: { outcome: "pending", detail: "", isInvoked: true },
        isUnderWay: true,
      },
    });
    runs.clear();
    await attempt({ outcome: "pending", detail: "", isInvoked: true });
    expect(runs.size).toBe(0);
  });

  it("has failed as soon as it is known to have crashed", async () => {
    await attempt();
    becomes({ state: "broken", detail: "exit code 1" });
    const ended = await attempt({ outcome: "pending", detail: "", isInvoked: true });
    expect(ended).toEqual({ ended: { outcome: "failed", detail: "exit code 1" } });
  });

  it("has failed with the end of what it wrote, however much that is and whatever is in it", async () => {
    await attempt();
    const logTail = `${"x".repeat(5_000)}\nError: no such charge\n`;
    becomes({ state: "broken", detail: `Error: \u001b[2J${"y".repeat(1_000)}`, logTail });
    const { ended } = (await attempt({ outcome: "pending", detail: "", isInvoked: true })) as {
      ended: { detail: string; logTail: string };
    };
    expect(ended.detail).toMatch(/^Error: \\x1b\[2Jy+…$/);
    expect(ended.detail).toHaveLength(501);
    expect(ended.logTail).toBe(logTail.slice(-4_096));
  });

  it.each([
    [true, { outcome: "failed", detail: "it returned without an answer" }],
    [false, { outcome: "done", detail: "it returned without an answer", hasReturned: true }],
  ])(
    "is given some seconds for an answer that is on its way when it has returned; must answer: %s",
    async (mustAnswer, ended) => {
      await attempt(undefined, mustAnswer);
      becomes({ state: "ended", detail: "" });
      const first = await attempt({ outcome: "pending", detail: "", isInvoked: true }, mustAnswer);
      const progress = { outcome: "pending", detail: "", isInvoked: true, endedAt: 0 } as const;
      expect(first).toMatchObject({ postponed: { progress } });
      now = 9_999;
      expect(await attempt(progress, mustAnswer)).toMatchObject({ postponed: { progress } });
      now = 10_000;
      expect(await attempt(progress, mustAnswer)).toEqual({ ended });
    },
  );

  it("is only waited for where nobody can say what becomes of it", async () => {
    const ended = await attempt({ outcome: "pending", detail: "", isInvoked: true });
    expect(ended).toMatchObject({ ended: { outcome: "done" } });
  });
});

it("gives up removing a task set whose tasks do not end", async () => {
  await inSecondStep();
  const effect = {
    kind: "removeTaskSet",
    key: "key",
    targetId: "charge",
    service: SERVICE,
    taskSetId: "blue",
  } as const;
  const taskSets = {
    describe: async (): Promise<ServiceFacts | undefined> => undefined,
    inspectTaskDefinition: async () => ({ outcome: "unchecked", reason: "" }) as const,
    create: async () => ({ outcome: "failed", reason: "" }) as const,
    makePrimary: async () => ({ outcome: "done" }) as const,
    remove: async () => ({ outcome: "pending", retryAfterMilliseconds: 5, detail: "its tasks are stopping" }) as const,
  };
  const handler = removeTaskSetHandler(parts({ taskSets }));
  const progress = { outcome: "pending", detail: "its tasks are stopping", since: 0 } as const;
  expect(await handler.attempt(claimed(effect), never)).toEqual({
    postponed: { runAt: 5, progress, isUnderWay: true },
  });
  now = 15 * MINUTE;
  expect(await handler.attempt(claimed(effect, progress), never)).toEqual({
    ended: { outcome: "failed", detail: "its tasks are stopping" },
  });
});
