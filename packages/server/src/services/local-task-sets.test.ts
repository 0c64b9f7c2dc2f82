import { type TaskSetsWorld, taskSetsContract } from "@sluice/drivers/contracts/task-sets-contract.fixture.ts";
import { newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import type { TaskSetPlan, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changeService } from "../store/ecs/services.ts";
import { changeTaskDefinition } from "../store/ecs/task-definitions.ts";
import { BLUE, definitionArn, LocalWorld } from "./local-services.fixture.ts";
import { localTaskSets } from "./local-task-sets.ts";

/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 10 };
const SERVICE = { clusterName: "prod", serviceName: "web" };
const PLAN: TaskSetPlan = {
  externalId: "d-FIRST1111",
  taskDefinition: "web:2",
  targetGroup: "tg-green",
  containerName: "web",
  containerPort: 80,
};
const NETWORK = { subnets: ["subnet-1"], securityGroups: ["sg-1"], assignsPublicIp: true };
const never = new AbortController().signal;
let made = 0;

function taskSetsOf(world: LocalWorld, ignoresAwsOnly = false): TaskSets {
  return localTaskSets({
    store: world.store,
    engine: world.engine,
    view: world.loop.view,
    work: world.loop.work,
    targets: world.targets,
    changes: world.changes,
    scope: world.scope,
    ignoresAwsOnly,
    newTaskSetId: () => `ecs-svc/20000000000000000${String(++made).padStart(2, "0")}`,
    now: Date.now,
  });
}

/** Nothing is left to start or to stop. */
async function atRest(world: LocalWorld): Promise<void> {
  await vi.waitFor(async () => {
    const tasks = await world.tasks();
    const taskSets = await world.taskSets();
    expect(taskSets.filter(({ status }) => status === "DRAINING")).toEqual([]);
    expect(tasks.filter(({ last_status }) => !["RUNNING", "STOPPED"].includes(last_status))).toEqual([]);
    const wanted = tasks.filter(({ desired_status }) => desired_status === "RUNNING");
    expect(wanted).toHaveLength(taskSets.length * 2);
  }, WITHIN);
}

async function contractWorld(): Promise<TaskSetsWorld> {
  const world = new LocalWorld();
  // They stop when the test lets time pass.
  world.behave = () => newMemoryBehaviour({ stopsMilliseconds: null });
  await world.open();
  await atRest(world);
  return {
    taskSets: taskSetsOf(world),
    service: SERVICE,
    nobody: { clusterName: "prod", serviceName: "nobody" },
    blue: BLUE,
    blueGroup: "tg-blue",
    plan: PLAN,
    pass: () => {
      for (const container of world.containers) if (container.stopAskedAt !== null) world.kill(container);
      return atRest(world);
    },
    breakTaskSet: async (taskSetId) => {
      world.behave = () => newMemoryBehaviour({ livesMilliseconds: 0, exitCode: 1 });
      for (const container of world.running()) {
        if (container.plan.labels["sluice.task-set"] === taskSetId) world.kill(container, 1);
      }
      await vi.waitFor(async () => {
        const taskSets = await world.taskSets();
        expect(taskSets.find(({ task_set_id }) => task_set_id === taskSetId)?.failed_tasks).toBeGreaterThanOrEqual(2);
      }, WITHIN);
    },
    close: () => world.close(),
  };
}

taskSetsContract("docker (on an engine in memory)", contractWorld, { hasOneController: true });

describe("task sets of this server", () => {
  let world: LocalWorld;
  let taskSets: TaskSets;
  beforeEach(async () => {
    world = await new LocalWorld().open();
    await atRest(world);
    taskSets = taskSetsOf(world);
  });
  afterEach(() => world.close());

  const greenOf = async () =>
    (await taskSets.describe(SERVICE, never))?.taskSets.find(({ status }) => status === "ACTIVE");

  it("quotes why the newest task ended, its exit code and the last line that it wrote", async () => {
    world.behave = () =>
      newMemoryBehaviour({
        livesMilliseconds: 0,
        exitCode: 7,
        writes: [
          { stream: "stdout", text: "starting" },
          { stream: "stderr", text: "no database" },
        ],
      });
    await taskSets.create(SERVICE, PLAN, never);
    await vi.waitFor(async () => {
      const green = await greenOf();
      expect(green?.failedTasks).toBeGreaterThanOrEqual(1);
      expect(green).toMatchObject({ isSteady: false });
      expect(green?.detail).toMatch(
        /failed so far, the newest: Essential container in task exited \(container web: exit code 7\); its last line: no database$/,
      );
    }, WITHIN);
  });

  it("says how far an image is", async () => {
    world.behave = () => newMemoryBehaviour({ pullMilliseconds: 3_600_000 });
    await taskSets.create(SERVICE, PLAN, never);
    await vi.waitFor(async () => expect((await greenOf())?.detail).toContain("pulling web"), WITHIN);
  });

  it("can not say how a service is while the engine is away", async () => {
    world.trouble = "no socket";
    world.announce();
    await vi.waitFor(() => expect(taskSets.describe(SERVICE, never)).rejects.toThrow("no socket"), WITHIN);
    world.trouble = undefined;
    await vi.waitFor(async () => expect(await taskSets.describe(SERVICE, never)).toBeDefined(), WITHIN);
  });

  it("calls a service by its ARNs, too", async () => {
    const arn = "arn:aws:ecs:us-east-1:111122223333";
    const called = { clusterName: `${arn}:cluster/prod`, serviceName: `${arn}:service/prod/web` };
    expect((await taskSets.describe(called, never))?.taskSets).toHaveLength(1);
    expect(
      await taskSets.inspectTaskDefinition(called, { ...PLAN, taskDefinition: definitionArn(2) }, never),
    ).toMatchObject({ outcome: "found" });
  });

  it.each([
    ["a task definition that is not there", { taskDefinition: "web:9" }, "no task definition web:9"],
    ["a target group that is not there", { targetGroup: "tg-red" }, "no target group tg-red"],
    ["a port that the container does not have", { containerPort: 81 }, "no container web with the port 81"],
    [
      "capacity providers",
      { capacityProviders: [{ name: "FARGATE", base: 0, weight: 1 }] },
      "CapacityProviderStrategy",
    ],
    ["a platform version", { platformVersion: "1.3.0" }, "platform version 1.3.0"],
    ["networks of AWS", { network: NETWORK }, "awsOnly: ignore"],
  ])("refuses %s", async (_, change, reason) => {
    expect(await taskSets.create(SERVICE, { ...PLAN, ...change }, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining(reason),
    });
    expect(await world.taskSets()).toHaveLength(1);
  });

  it.each([
    ["capacity providers", { capacityProviders: [{ name: "FARGATE", base: 0, weight: 1 }] }],
    ["a platform version", { platformVersion: "1.3.0" }],
    ["networks of AWS", { network: NETWORK }],
  ])("says before the start that it refuses %s", async (_, change) => {
    expect(await taskSets.inspectTaskDefinition(SERVICE, { ...PLAN, ...change }, never)).toMatchObject({
      outcome: "refused",
    });
  });

  it("takes names of AWS' networks where sluice.yml says that they are ignored", async () => {
    const ignoring = taskSetsOf(world, true);
    const plan = { ...PLAN, network: NETWORK };
    expect(await ignoring.inspectTaskDefinition(SERVICE, plan, never)).toMatchObject({ outcome: "found" });
    expect(await ignoring.create(SERVICE, plan, never)).toMatchObject({ outcome: "done" });
  });

  it.each([
    ["web", 2],
    ["web:1", 1],
    ["arn:aws:ecs:us-east-1:111122223333:task-definition/web:1", 1],
  ])("takes %s for a task definition, as the AppSpec file may name it", async (taskDefinition, revision) => {
    expect(await taskSets.inspectTaskDefinition(SERVICE, { ...PLAN, taskDefinition }, never)).toMatchObject({
      outcome: "found",
      taskDefinition: `arn:aws:ecs:us-east-1:111122223333:task-definition/web:${revision}`,
    });
    expect(await taskSets.create(SERVICE, { ...PLAN, taskDefinition }, never)).toMatchObject({ outcome: "done" });
  });

  it("makes nothing new of a task definition that was deregistered, and goes on with what runs", async () => {
    await world.store.write(({ db }) =>
      changeTaskDefinition(db, { family: "web", revision: 1 }, { status: "INACTIVE" }),
    );
    expect(await taskSets.create(SERVICE, { ...PLAN, taskDefinition: "web:1" }, never)).toMatchObject({
      outcome: "failed",
    });
    world.kill(world.running()[0]!);
    await vi.waitFor(() => expect(world.running()).toHaveLength(2), WITHIN);
  });

  it("does not describe a service that is gone", async () => {
    await world.store.write(async (transaction) => {
      await changeService(transaction.db, "service-1", { status: "DRAINING" });
      world.changes.publishAfter(transaction);
    });
    await vi.waitFor(async () => expect(await taskSets.describe(SERVICE, never)).toBeUndefined(), WITHIN);
    expect(world.running()).toEqual([]);
  });
});
