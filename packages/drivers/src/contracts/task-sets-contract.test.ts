import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { TaskSetPlan, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { describe, expect, it } from "vitest";
import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "../memory/memory-task-sets.ts";

/** One service with one primary task set `blue`, steady, behind target group `tg-blue`, of two tasks. */
interface World {
  readonly taskSets: TaskSets;
  /** All tasks that are starting now run, and those that are stopping are gone. */
  readonly pass: () => void;
  readonly breakTaskSet: (taskSetId: string, why: string) => void;
}

const SERVICE = { clusterName: "shop", serviceName: "web" };
const NOBODY = { clusterName: "shop", serviceName: "nobody" };
const PLAN: TaskSetPlan = {
  externalId: "d-1",
  taskDefinition: "web:2",
  targetGroup: "tg-green",
  containerName: "web",
  containerPort: 80,
};
const never = new AbortController().signal;

function memoryWorld(controller = "CODE_DEPLOY"): World {
  const values = { status: "PRIMARY", targetGroup: "tg-blue", madeAt: -1_000 } as const;
  const service: MemoryService = { controller, desiredCount: 2, taskSets: [newMemoryTaskSet("blue", values)] };
  let now = 0;
  let made = 0;
  return {
    taskSets: memoryTaskSets.create(
      {},
      {
        services: new Map([["shop:web", service]]),
        startMilliseconds: 1_000,
        drainMilliseconds: 1_000,
        now: () => now,
        newTaskSetId: () => `green-${++made}`,
      },
    ),
    pass: () => {
      now += 1_000;
    },
    breakTaskSet: (taskSetId, why) => {
      const found = service.taskSets.find((taskSet) => taskSet.taskSetId === taskSetId);
      if (found) found.sickness = why;
    },
  };
}

/** Every driver of the port. */
const DRIVERS: readonly { readonly name: string; readonly createWorld: (controller?: string) => World }[] = [
  { name: "memory", createWorld: memoryWorld },
];

describe.each(DRIVERS)("the task sets driver $name", ({ createWorld }) => {
  const factsOf = async ({ taskSets }: World) => {
    const facts = await taskSets.describe(SERVICE, never);
    if (!facts) throw new Error("no service");
    return facts;
  };
  const statusesOf = async (world: World) =>
    (await factsOf(world)).taskSets.map(({ taskSetId, status }) => [taskSetId, status]);
  const createIn = async ({ taskSets }: World, plan = PLAN) => {
    const created = await taskSets.create(SERVICE, plan, never);
    if (created.outcome !== "done") throw new Error(JSON.stringify(created));
    return created.taskSetId;
  };

  it("describes a service with its task sets, and no other", async () => {
    const world = createWorld();
    expect(await factsOf(world)).toEqual({
      controller: "CODE_DEPLOY",
      desiredCount: 2,
      taskSets: [
        {
          taskSetId: "blue",
          externalId: null,
          status: "PRIMARY",
          isSteady: true,
          desiredCount: 2,
          pendingCount: 0,
          runningCount: 2,
          targetGroup: "tg-blue",
          detail: "",
        },
      ],
    });
    expect(await world.taskSets.describe(NOBODY, never)).toBeUndefined();
  });

  it("makes a task set beside the primary, which becomes steady in its time", async () => {
    const world = createWorld();
    const taskSetId = await createIn(world);
    const [, made] = (await factsOf(world)).taskSets;
    expect(made).toMatchObject({ taskSetId, externalId: "d-1", status: "ACTIVE", targetGroup: "tg-green" });
    expect(made).toMatchObject({ isSteady: false, desiredCount: 2, detail: expect.stringMatching(/\w/) });
    world.pass();
    expect((await factsOf(world)).taskSets[1]).toMatchObject({ isSteady: true, pendingCount: 0, runningCount: 2 });
    expect(await statusesOf(world)).toEqual([
      ["blue", "PRIMARY"],
      [taskSetId, "ACTIVE"],
    ]);
  });

  it("makes one task set for a deployment, however often it is asked", async () => {
    const world = createWorld();
    const taskSetId = await createIn(world);
    expect(await createIn(world)).toBe(taskSetId);
    expect(await createIn(world, { ...PLAN, externalId: "d-2" })).not.toBe(taskSetId);
    expect((await factsOf(world)).taskSets).toHaveLength(3);
  });

  it("says in the provider's words why a task set is not steady", async () => {
    const world = createWorld();
    const taskSetId = await createIn(world);
    world.pass();
    world.breakTaskSet(taskSetId, "its tasks stop: exit code 1");
    const [, made] = (await factsOf(world)).taskSets;
    expect(made).toMatchObject({ isSteady: false, detail: expect.stringContaining("exit code 1") });
  });

  it("gives a service one primary, as often as it is asked", async () => {
    const world = createWorld();
    const taskSetId = await createIn(world);
    for (const _ of [1, 2]) {
      expect(await world.taskSets.makePrimary(SERVICE, taskSetId, never)).toEqual({ outcome: "done" });
      expect(await statusesOf(world)).toEqual([
        ["blue", "ACTIVE"],
        [taskSetId, "PRIMARY"],
      ]);
    }
    expect(await world.taskSets.makePrimary(SERVICE, "blue", never)).toEqual({ outcome: "done" });
    expect(await statusesOf(world)).toEqual([
      ["blue", "PRIMARY"],
      [taskSetId, "ACTIVE"],
    ]);
  });

  it("removes a task set with its tasks, and is done once more when it is gone", async () => {
    const world = createWorld();
    const taskSetId = await createIn(world);
    const outcomes: PortOutcome["outcome"][] = [];
    for (let turn = 0; turn < 10 && outcomes.at(-1) !== "done"; turn++) {
      outcomes.push((await world.taskSets.remove(SERVICE, taskSetId, never)).outcome);
      if (outcomes.at(-1) === "pending") expect((await statusesOf(world))[1]).toEqual([taskSetId, "DRAINING"]);
      world.pass();
    }
    expect(outcomes.at(-1)).toBe("done");
    expect(await statusesOf(world)).toEqual([["blue", "PRIMARY"]]);
    expect((await world.taskSets.remove(SERVICE, taskSetId, never)).outcome).toBe("done");
  });

  it("never removes the primary", async () => {
    const world = createWorld();
    const refusal = await world.taskSets.remove(SERVICE, "blue", never);
    expect(refusal).toEqual({ outcome: "failed", reason: expect.stringContaining("blue") });
    expect(await statusesOf(world)).toEqual([["blue", "PRIMARY"]]);
  });

  it("says no for a service or a task set that is not there, and for one that others deploy", async () => {
    const { taskSets } = createWorld();
    const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
    expect(await taskSets.create(NOBODY, PLAN, never)).toEqual(failed);
    expect(await taskSets.makePrimary(NOBODY, "blue", never)).toEqual(failed);
    expect(await taskSets.makePrimary(SERVICE, "no-such-set", never)).toEqual(failed);
    expect(await taskSets.remove(NOBODY, "blue", never)).toEqual(failed);
    const rolling = createWorld("ECS").taskSets;
    expect(await rolling.create(SERVICE, PLAN, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("controller"),
    });
  });

  it("does not begin when it was told to stop", async () => {
    const world = createWorld();
    const stopped = AbortSignal.abort();
    await expect(world.taskSets.describe(SERVICE, stopped)).rejects.toThrow();
    await expect(world.taskSets.create(SERVICE, PLAN, stopped)).rejects.toThrow();
    await expect(world.taskSets.makePrimary(SERVICE, "blue", stopped)).rejects.toThrow();
    await expect(world.taskSets.remove(SERVICE, "blue", stopped)).rejects.toThrow();
    expect(await statusesOf(world)).toEqual([["blue", "PRIMARY"]]);
  });
});
