import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { memoryFunctionAlias, newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "@sluice/drivers/memory/memory-task-sets.ts";
import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import { hookReport, readHookExecutionId } from "@sluice/engine/hook-execution.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import type { AlarmWatch, Strategy } from "@sluice/engine/state.ts";
import type { EcsBlueGreen, LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hurriedTimers } from "../loops/hurried-timers.fixture.ts";
import { changeShift } from "../operations/sluice/change-shift.ts";
import { getDeploymentWaits } from "../operations/sluice/get-deployment-waits.ts";
import type { SluiceContext } from "../operations/sluice/sluice-context.ts";
import { DEPLOYMENT_REQUEST } from "../store/columns/deployment-columns.ts";
import { commitHeadEvent } from "../store/commit-events.ts";
import { lockDeployments, readHead } from "../store/deployments.ts";
import { loadTargets, loadTargetsAtWork } from "../store/targets.ts";
import { type RunnerFixture, runnerFixture } from "./runner.fixture.ts";

const MINUTE = 60_000;
/** A minute takes 100 ms. */
const SPEED = 600;
const RULE = { type: "HOST_COUNT", value: 0 } as const;
const ROLLING_BACK = {
  autoRollbackConfiguration: {
    enabled: true,
    events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  },
};
const ALARMS: AlarmWatch = { names: ["errors"], ignoresPollFailure: false };

const LAMBDA: LambdaShift = {
  type: "lambda-shift",
  schedule: { type: "canary", percent: 10, intervalMilliseconds: MINUTE },
  alias: { functionName: "charge", aliasName: "live" },
  currentVersion: "1",
  targetVersion: "2",
  hooks: {},
  hookTimeoutMilliseconds: 60 * MINUTE,
  hookMustAnswer: false,
};
/** Nothing happens in the time of a test after its first step. */
const SLOW: LambdaShift = {
  ...LAMBDA,
  schedule: { type: "canary", percent: 10, intervalMilliseconds: 600 * MINUTE },
};
const ECS: EcsBlueGreen = {
  type: "ecs-blue-green",
  schedule: { type: "linear", percent: 40, intervalMilliseconds: MINUTE },
  service: { clusterName: "shop", serviceName: "web" },
  taskSet: { taskDefinition: "web:2", containerName: "web", containerPort: 80 },
  pair: { targetGroups: ["tg-one", "tg-two"], productionListener: "production", testListener: "test" },
  hooks: {},
  readyWaitMilliseconds: null,
  terminationWaitMilliseconds: null,
  hookTimeoutMilliseconds: 60 * MINUTE,
  hookMustAnswer: false,
  failsEarly: true,
};

let fixture: RunnerFixture;
let service: MemoryService;
let production: Map<string, number>;
let test: Map<string, number>;
let aliases: Map<string, AliasRouting>;
let runs: Map<string, MemoryHookRun>;
let alarms: Map<string, Omit<AlarmReading, "name">>;
/** What hooks answer, by their names; a hook that is not here says nothing. */
let answers: Map<string, boolean>;
/** Each weight of the new side that was set. */
let weights: number[];
/** Called as each is set. */
let onWeight: (percent: number) => void;

beforeEach(async () => {
  const timers = hurriedTimers(SPEED);
  const original = newMemoryTaskSet("blue", { status: "PRIMARY", targetGroup: "tg-one" });
  service = { controller: "CODE_DEPLOY", desiredCount: 2, taskSets: [original] };
  production = new Map([["tg-one", 100]]);
  test = new Map([["tg-one", 100]]);
  aliases = new Map([["live", { version: "1", second: null }]]);
  runs = new Map();
  answers = new Map();
  weights = [];
  onWeight = () => {};
  alarms = new Map([["errors", { state: "ok", since: null, detail: "" }]]);
  const versions = new Map(["1", "2"].map((version) => [version, newMemoryVersion()]));
  const listeners = new Map([
    ["production", production],
    ["test", test],
  ]);
  let made = 0;
  const taskSets = memoryTaskSets.create(
    {},
    {
      services: new Map([["shop:web", service]]),
      startMilliseconds: 5_000,
      drainMilliseconds: 5_000,
      now: timers.now,
      newTaskSetId: () => `green-${++made}`,
    },
  );
  const router = memoryWeightedRouter.create({}, { listeners });
  const functions = memoryFunctionAlias.create({}, { functions: new Map([["charge", { versions, aliases }]]) });
  fixture = await runnerFixture([], timers, {
    alarmReader: memoryAlarmReader.create({}, { alarms }),
    shiftPorts: {
      taskSets,
      weightedRouter: {
        ...router,
        splitProduction: (pair, split, signal) => {
          const percent = split.find(({ targetGroup }) => targetGroup === "tg-two")?.percent ?? -1;
          weights.push(percent);
          onWeight(percent);
          return router.splitProduction(pair, split, signal);
        },
      },
      functionAlias: {
        ...functions,
        shift: (alias, shift, signal) => {
          weights.push(shift.percent);
          return functions.shift(alias, shift, signal);
        },
      },
      hookInvoker: memoryHookInvoker.create(
        {},
        { hooks: new Set(["before", "after", "silent"]), runs, onInvoke: (run) => void answer(run) },
      ),
    },
  });
});

afterEach(() => fixture.close());

/** As PutLifecycleEventHookExecutionStatus will bring it in. */
async function answer({ hook, deploymentId, executionId }: MemoryHookRun): Promise<void> {
  const says = answers.get(hook);
  const execution = readHookExecutionId(executionId);
  if (says === undefined || !execution) return;
  await fixture.runner.report({ deploymentId, targetId: execution.targetId, report: hookReport(execution, says) });
}

async function create(strategy: Strategy, request: object = {}, watched?: AlarmWatch): Promise<void> {
  await fixture.createDeployment("d-A1B2C3D4E", RULE, { strategy, request, ...(watched ? { alarms: watched } : {}) });
}

async function headOf(deploymentId: string) {
  const row = await fixture.store.db
    .selectFrom("deployments")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  return readHead(row);
}

async function configNameOf(deploymentId: string): Promise<string> {
  const row = await fixture.store.db
    .selectFrom("deployments")
    .select(["deployment_id", "request_json"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  return DEPLOYMENT_REQUEST.read(row).deploymentConfigName;
}

async function targetOf(deploymentId: string) {
  const [target] = (await loadTargets(fixture.store, deploymentId)) ?? [];
  if (!target) throw new Error(`${deploymentId} has no target`);
  return target;
}

async function ends(deploymentId: string, status: string): Promise<void> {
  await vi.waitFor(async () => expect(await fixture.statusOf(deploymentId)).toBe(status));
}

async function request(
  event: { type: "stopRequested" } | { type: "continueRequested"; wait: "ready" | "termination" },
) {
  await fixture.store.write(async (transaction) => {
    const [row] = await lockDeployments(transaction, ["d-A1B2C3D4E"]);
    if (row) await commitHeadEvent(transaction, row, event, { at: Date.now(), wakeAt: 0 });
  });
  fixture.runner.wake();
}

describe("a Lambda deployment", () => {
  it("runs its hooks, and moves the alias by its schedule", async () => {
    answers.set("before", true).set("after", true);
    await create({ ...LAMBDA, hooks: { BeforeAllowTraffic: "before", AfterAllowTraffic: "after" } });
    await ends("d-A1B2C3D4E", "Succeeded");
    expect(weights).toEqual([10, 100]);
    expect(aliases.get("live")).toEqual({ version: "2", second: null });
    expect([...runs.values()].map(({ hook, event }) => [hook, event])).toEqual([
      ["before", "BeforeAllowTraffic"],
      ["after", "AfterAllowTraffic"],
    ]);
    expect(await targetOf("d-A1B2C3D4E")).toMatchObject({
      type: "lambda-alias",
      targetId: "charge",
      status: "Succeeded",
    });
  });

  it("is rolled back to the alias of before when its hook says no", async () => {
    answers.set("after", false);
    await create({ ...LAMBDA, hooks: { AfterAllowTraffic: "after" } }, ROLLING_BACK);
    await ends("d-A1B2C3D4E", "Failed");
    expect((await headOf("d-A1B2C3D4E")).error).toMatchObject({ code: "HOOK_EXECUTION_FAILURE" });
    await ends("d-ROLLBACK1", "Succeeded");
    expect(aliases.get("live")).toEqual({ version: "1", second: null });
    expect(weights).toEqual([10, 100, 0]);
  });

  it("is stopped by an alarm in mid-shift, and rolled back", async () => {
    await create(SLOW, ROLLING_BACK, ALARMS);
    await vi.waitFor(() => expect(aliases.get("live")?.second).toEqual({ version: "2", percent: 10 }));
    alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    await ends("d-A1B2C3D4E", "Stopped");
    await ends("d-ROLLBACK1", "Succeeded");
    expect(aliases.get("live")).toEqual({ version: "1", second: null });
  });

  it("leaves the weights when it is stopped and not rolled back", async () => {
    await create(SLOW);
    await vi.waitFor(() => expect(aliases.get("live")?.second).toEqual({ version: "2", percent: 10 }));
    await request({ type: "stopRequested" });
    await ends("d-A1B2C3D4E", "Stopped");
    expect(aliases.get("live")).toEqual({ version: "1", second: { version: "2", percent: 10 } });
  });

  it.each([
    ["crashes", "broken", "exit code 1"],
    ["returns without an answer, which it must give", "ended", "returned without an answer"],
  ] as const)("fails soon when a hook %s, and not after its hour", async (_name, state, words) => {
    await create({ ...LAMBDA, hooks: { BeforeAllowTraffic: "silent" }, hookMustAnswer: true });
    await vi.waitFor(() => expect(runs.size).toBe(1));
    for (const run of runs.values()) run.run = { state, detail: "exit code 1" };
    await ends("d-A1B2C3D4E", "Failed");
    const { error, completedAt, startedAt } = await headOf("d-A1B2C3D4E");
    expect(error).toMatchObject({ code: "HOOK_EXECUTION_FAILURE", message: expect.stringContaining(words) });
    expect((completedAt ?? 0) - (startedAt ?? 0)).toBeLessThan(50 * MINUTE);
    expect(weights).toEqual([]);
  });

  it("waits for somebody to answer for a hook that returned, and says so", async () => {
    await create({ ...LAMBDA, hooks: { BeforeAllowTraffic: "silent" } });
    await vi.waitFor(() => expect(runs.size).toBe(1));
    const [run] = runs.values();
    if (run) run.run = { state: "ended", detail: "" };
    await vi.waitFor(
      async () => {
        const [target] = await loadTargetsAtWork(fixture.store, "d-A1B2C3D4E");
        expect(target?.command?.waiting?.reason).toMatch(
          /^the hook silent returned without an answer; to answer for it .*: aws deploy put-lifecycle-event-hook-execution-status --deployment-id d-A1B2C3D4E --lifecycle-event-hook-execution-id BeforeAllowTraffic\/1\/charge --status Succeeded$/,
        );
      },
      { timeout: 30_000, interval: 10 },
    );
    const report = hookReport({ targetId: "charge", event: "BeforeAllowTraffic", attempt: 1 }, true);
    await fixture.runner.report({ deploymentId: "d-A1B2C3D4E", targetId: "charge", report });
    await ends("d-A1B2C3D4E", "Succeeded");
  });

  it("does not start when the alias is elsewhere", async () => {
    aliases.set("live", { version: "7", second: null });
    await create(LAMBDA);
    await ends("d-A1B2C3D4E", "Failed");
    expect((await headOf("d-A1B2C3D4E")).error).toMatchObject({ code: "INVALID_LAMBDA_CONFIGURATION" });
    expect(weights).toEqual([]);
  });

  it("does not start while an alarm fires", async () => {
    alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    await create(LAMBDA, {}, ALARMS);
    await ends("d-A1B2C3D4E", "Stopped");
    expect((await headOf("d-A1B2C3D4E")).startedAt).toBeNull();
  });
});

describe("an ECS deployment", () => {
  const idsAndStatuses = () => service.taskSets.map(({ taskSetId, status }) => [taskSetId, status]);

  it("replaces a service's task set, and removes the original", async () => {
    answers.set("before", true);
    await create({
      ...ECS,
      hooks: { BeforeInstall: "before", AfterAllowTestTraffic: "before" },
      terminationWaitMilliseconds: 0,
    });
    await ends("d-A1B2C3D4E", "Succeeded");
    expect(weights).toEqual([40, 80, 100]);
    expect(Object.fromEntries(production)).toEqual({ "tg-one": 0, "tg-two": 100 });
    expect(Object.fromEntries(test)).toEqual({ "tg-one": 0, "tg-two": 100 });
    expect(idsAndStatuses()).toEqual([["green-1", "PRIMARY"]]);
    expect(service.taskSets[0]).toMatchObject({ externalId: "d-A1B2C3D4E", targetGroup: "tg-two" });
    const { lifecycleEvents } = await targetOf("d-A1B2C3D4E");
    expect(lifecycleEvents.map(({ status }) => status)).toEqual(Array(8).fill("Succeeded"));
    expect(runs.size).toBe(2);
  });

  it("gives a task set no more traffic while it is not steady", async () => {
    onWeight = (percent) => {
      if (percent === 40) service.taskSets[1]!.sickness = "its tasks stop: exit code 1";
    };
    await create(ECS);
    await vi.waitFor(async () => {
      expect((await targetOf("d-A1B2C3D4E")).command?.waiting?.reason).toContain("exit code 1");
    });
    expect(Object.fromEntries(production)).toEqual({ "tg-one": 60, "tg-two": 40 });
    service.taskSets[1]!.sickness = null;
    await ends("d-A1B2C3D4E", "Succeeded");
    expect(weights).toEqual([40, 80, 100]);
  });

  it("waits for leave, and then for the original's end", async () => {
    await create({ ...ECS, readyWaitMilliseconds: 60 * MINUTE, terminationWaitMilliseconds: 60 * MINUTE });
    await ends("d-A1B2C3D4E", "Ready");
    expect(weights).toEqual([]);
    await request({ type: "continueRequested", wait: "ready" });
    await vi.waitFor(async () => expect((await headOf("d-A1B2C3D4E")).wait?.kind).toBe("termination"));
    expect(idsAndStatuses()).toEqual([
      ["blue", "ACTIVE"],
      ["green-1", "PRIMARY"],
    ]);
    await request({ type: "continueRequested", wait: "termination" });
    await ends("d-A1B2C3D4E", "Succeeded");
    expect(idsAndStatuses()).toEqual([["green-1", "PRIMARY"]]);
  });

  it("goes back to the original when it is stopped while that is kept", async () => {
    await create({ ...ECS, terminationWaitMilliseconds: 60 * MINUTE }, ROLLING_BACK);
    await vi.waitFor(async () => expect((await headOf("d-A1B2C3D4E")).wait?.kind).toBe("termination"));
    await request({ type: "stopRequested" });
    await ends("d-A1B2C3D4E", "Stopped");
    await ends("d-ROLLBACK1", "Succeeded");
    expect(Object.fromEntries(production)).toEqual({ "tg-one": 100, "tg-two": 0 });
    expect(Object.fromEntries(test)).toEqual({ "tg-one": 100, "tg-two": 0 });
    expect(idsAndStatuses()).toEqual([["blue", "PRIMARY"]]);
  });

  it("goes back when the hook after its installation says no", async () => {
    answers.set("after", false);
    await create({ ...ECS, hooks: { AfterInstall: "after" } }, ROLLING_BACK);
    await ends("d-A1B2C3D4E", "Failed");
    await ends("d-ROLLBACK1", "Succeeded");
    expect(await configNameOf("d-ROLLBACK1")).toBe("CodeDeployDefault.ECSAllAtOnce");
    expect(weights).toEqual([0]);
    expect(idsAndStatuses()).toEqual([["blue", "PRIMARY"]]);
  });

  it.each([
    ["ready", "Ready", { readyWaitMilliseconds: 60 * MINUTE }],
    ["termination", "InProgress", { terminationWaitMilliseconds: 60 * MINUTE }],
  ] as const)("goes back to the original when an alarm fires in its %s wait", async (kind, status, waits) => {
    await create({ ...ECS, ...waits }, ROLLING_BACK, ALARMS);
    await vi.waitFor(async () => expect((await headOf("d-A1B2C3D4E")).wait?.kind).toBe(kind));
    expect(await fixture.statusOf("d-A1B2C3D4E")).toBe(status);
    alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    await ends("d-A1B2C3D4E", "Stopped");
    expect((await headOf("d-A1B2C3D4E")).error?.code).toBe("ALARM_ACTIVE");
    await ends("d-ROLLBACK1", "Succeeded");
    expect(production.get("tg-one")).toBe(100);
    expect(production.get("tg-two") ?? 0).toBe(0);
    expect(idsAndStatuses()).toEqual([["blue", "PRIMARY"]]);
  });

  it("fails as soon as tasks of its replacement keep stopping, and goes back", async () => {
    await create({ ...ECS, hooks: {} }, ROLLING_BACK);
    await vi.waitFor(() => expect(service.taskSets).toHaveLength(2), { interval: 1 });
    Object.assign(service.taskSets[1]!, {
      sickness: "Essential container in task exited: exit code 3",
      failedTasks: 3,
    });
    await ends("d-A1B2C3D4E", "Failed");
    expect((await headOf("d-A1B2C3D4E")).error).toEqual({
      code: "ECS_UPDATE_ERROR",
      message: expect.stringContaining("Essential container in task exited: exit code 3"),
    });
    await ends("d-ROLLBACK1", "Succeeded");
    expect(idsAndStatuses()).toEqual([["blue", "PRIMARY"]]);
  });
});

describe("a shift in a person's hands", () => {
  const context = () =>
    ({ store: fixture.store, now: Date.now, runner: fixture.runner }) as Partial<SluiceContext> as SluiceContext;
  const change = (action: string, percent?: number) =>
    changeShift({ deploymentId: "d-A1B2C3D4E", action, percent }, context());
  const shift = async () => (await getDeploymentWaits({ deploymentId: "d-A1B2C3D4E" }, context())).shift;
  const has = (percent: number) => vi.waitFor(async () => expect((await shift())?.percent).toBe(percent));
  const ever = 100_000 * MINUTE;

  it.each([
    ["ECS", { ...ECS, schedule: { type: "linear", percent: 40, intervalMilliseconds: ever } }],
    ["Lambda", { ...LAMBDA, schedule: { type: "linear", percent: 40, intervalMilliseconds: ever } }],
  ] as const)("goes on, holds and ends by their word, on %s", async (_, strategy) => {
    await create(strategy);
    await has(40);
    expect(await shift()).toMatchObject({
      steps: [{ percent: 40, at: expect.any(Date) }, { percent: 80 }, { percent: 100 }],
      nextPercent: 80,
      nextAt: expect.any(Date),
      isOpen: true,
    });
    await change("next", 40);
    await has(80);
    // The same call again, as of a client that lost the answer.
    expect((await change("next", 40)).shift).toMatchObject({ percent: 80, nextPercent: 100 });
    const paused = await change("pause");
    expect(paused).toMatchObject({
      deploymentId: "d-A1B2C3D4E",
      shift: { percent: 80, pausedSince: expect.any(Date) },
    });
    expect(paused.shift.nextAt).toBeUndefined();
    expect(await change("pause")).toEqual(paused);
    await expect(change("finish")).rejects.toMatchObject({
      code: "InvalidDeploymentStatusException",
      message: expect.stringContaining("sluice shift resume d-A1B2C3D4E"),
    });
    await change("resume");
    expect((await shift())?.pausedSince).toBeUndefined();
    await change("finish");
    await ends("d-A1B2C3D4E", "Succeeded");
    expect(weights).toEqual([40, 80, 100]);
    expect(await shift()).toMatchObject({ percent: 100, isOpen: false });
    await expect(change("next")).rejects.toMatchObject({ code: "DeploymentAlreadyCompletedException" });
  });

  it("is not changed before its traffic moves, nor by a word that there is not", async () => {
    await create({ ...ECS, hooks: { BeforeInstall: "silent" } });
    await vi.waitFor(() => expect(runs.size).toBe(1));
    await expect(change("next")).rejects.toMatchObject({
      code: "InvalidDeploymentStatusException",
      message: expect.stringContaining("AllowTraffic has not begun"),
    });
    await expect(change("hurry")).rejects.toMatchObject({
      code: "ValidationException",
      message: 'action is "hurry": use one of next, finish, pause, resume.',
    });
    await expect(changeShift({ deploymentId: "d-UNKNOWN00", action: "next" }, context())).rejects.toMatchObject({
      code: "DeploymentDoesNotExistException",
    });
  });

  it("is shown with the hook that has not answered, since when, and until when", async () => {
    await create({ ...LAMBDA, hooks: { BeforeAllowTraffic: "silent" } });
    await vi.waitFor(async () => {
      const { targets } = await getDeploymentWaits({ deploymentId: "d-A1B2C3D4E" }, context());
      expect(targets).toEqual([
        {
          targetId: "charge",
          hostName: "charge",
          lifecycleEvent: "BeforeAllowTraffic",
          reason: "the hook silent has not answered yet",
          since: expect.any(Date),
          until: expect.any(Date),
        },
      ]);
    });
  });
});
