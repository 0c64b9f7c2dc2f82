import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { EcsService, TaskSetPlan, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { afterEach, describe, expect, it } from "vitest";

/** One service with one primary task set, steady, of two tasks. */
export interface TaskSetsWorld {
  readonly taskSets: TaskSets;
  readonly service: EcsService;
  /** A service that there is not. */
  readonly nobody: EcsService;
  /** The id of the primary task set. */
  readonly blue: string;
  readonly blueGroup: string;
  /** For a second task set. Its task definition has one container, `web`, with port 80. */
  readonly plan: TaskSetPlan;
  /** All tasks that are starting now run, and those that are stopping are gone. */
  readonly pass: () => void | Promise<void>;
  /** The tasks of the set stop from now on, for this reason. */
  readonly breakTaskSet: (taskSetId: string, why: string) => void | Promise<void>;
  readonly close?: () => Promise<void>;
}

const STOPPED = AbortSignal.abort();
const never = new AbortController().signal;

/**
 * What every driver of the port does alike. `createWorld` makes a new world for each test; the controller is CODE_DEPLOY unless it is given.
 * Of a driver whose services all have the controller CODE_DEPLOY (`hasOneController`), no other is asked for.
 */
export function taskSetsContract(
  name: string,
  createWorld: (controller?: string) => Promise<TaskSetsWorld>,
  { hasOneController = false }: { readonly hasOneController?: boolean } = {},
): void {
  describe(`the task sets driver ${name}`, () => {
    const opened: TaskSetsWorld[] = [];
    const open = async (controller?: string) => {
      const world = await createWorld(controller);
      opened.push(world);
      return world;
    };
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.close?.();
    });
    const factsOf = async ({ taskSets, service }: TaskSetsWorld) => {
      const facts = await taskSets.describe(service, never);
      if (!facts) throw new Error("no service");
      return facts;
    };
    const statusesOf = async (world: TaskSetsWorld) =>
      (await factsOf(world)).taskSets.map(({ taskSetId, status }) => [taskSetId, status]);
    const createIn = async ({ taskSets, service, plan }: TaskSetsWorld, changes: Partial<TaskSetPlan> = {}) => {
      const created = await taskSets.create(service, { ...plan, ...changes }, never);
      if (created.outcome !== "done") throw new Error(JSON.stringify(created));
      return created.taskSetId;
    };

    it("describes a service with its task sets, and no other", async () => {
      const world = await open();
      expect(await factsOf(world)).toEqual({
        controller: "CODE_DEPLOY",
        scheduling: "REPLICA",
        desiredCount: 2,
        taskSets: [
          {
            taskSetId: world.blue,
            externalId: null,
            status: "PRIMARY",
            isSteady: true,
            desiredCount: 2,
            pendingCount: 0,
            runningCount: 2,
            failedTasks: 0,
            targetGroup: world.blueGroup,
            detail: "",
          },
        ],
      });
      expect(await world.taskSets.describe(world.nobody, never)).toBeUndefined();
    });

    it("says what a task definition contains, and of another that it is missing", async () => {
      const { taskSets, service, plan } = await open();
      expect(await taskSets.inspectTaskDefinition(service, plan, never)).toEqual({
        outcome: "found",
        taskDefinition: expect.stringContaining(plan.taskDefinition),
        containers: [{ name: "web", ports: [80] }],
      });
      expect(await taskSets.inspectTaskDefinition(service, { ...plan, taskDefinition: "nothing:1" }, never)).toEqual({
        outcome: "missing",
        reason: expect.stringContaining("nothing:1"),
      });
    });

    it("makes a task set beside the primary, which becomes steady in its time", async () => {
      const world = await open();
      const taskSetId = await createIn(world);
      const { externalId, targetGroup } = world.plan;
      const [, made] = (await factsOf(world)).taskSets;
      expect(made).toMatchObject({ taskSetId, externalId, status: "ACTIVE", targetGroup });
      expect(made).toMatchObject({ isSteady: false, desiredCount: 2, detail: expect.stringMatching(/\w/) });
      await world.pass();
      expect((await factsOf(world)).taskSets[1]).toMatchObject({ isSteady: true, pendingCount: 0, runningCount: 2 });
      expect(await statusesOf(world)).toEqual([
        [world.blue, "PRIMARY"],
        [taskSetId, "ACTIVE"],
      ]);
    });

    it("makes one task set for a deployment, however often it is asked", async () => {
      const world = await open();
      const taskSetId = await createIn(world);
      expect(await createIn(world)).toBe(taskSetId);
      expect(await createIn(world, { externalId: "d-SECOND222" })).not.toBe(taskSetId);
      expect((await factsOf(world)).taskSets).toHaveLength(3);
    });

    it("says in the provider's words why a task set is not steady", async () => {
      const world = await open();
      const taskSetId = await createIn(world);
      await world.pass();
      await world.breakTaskSet(taskSetId, "Essential container in task exited: exit code 1");
      const [, made] = (await factsOf(world)).taskSets;
      expect(made).toMatchObject({ isSteady: false, detail: expect.stringContaining("exit code 1") });
    });

    it("gives a service one primary, as often as it is asked", async () => {
      const world = await open();
      const { taskSets, service, blue } = world;
      const taskSetId = await createIn(world);
      await world.pass();
      for (const _ of [1, 2]) {
        expect(await taskSets.makePrimary(service, taskSetId, never)).toEqual({ outcome: "done" });
        expect(await statusesOf(world)).toEqual([
          [blue, "ACTIVE"],
          [taskSetId, "PRIMARY"],
        ]);
      }
      expect(await taskSets.makePrimary(service, blue, never)).toEqual({ outcome: "done" });
      expect(await statusesOf(world)).toEqual([
        [blue, "PRIMARY"],
        [taskSetId, "ACTIVE"],
      ]);
    });

    it("removes a task set with its tasks, and is done once more when it is gone", async () => {
      const world = await open();
      const { taskSets, service, blue } = world;
      const taskSetId = await createIn(world);
      const outcomes: PortOutcome["outcome"][] = [];
      for (let turn = 0; turn < 10 && outcomes.at(-1) !== "done"; turn++) {
        outcomes.push((await taskSets.remove(service, taskSetId, never)).outcome);
        // A set without tasks may be gone before it is looked at.
        const [, left] = await statusesOf(world);
        if (left) expect(left).toEqual([taskSetId, "DRAINING"]);
        await world.pass();
      }
      expect(outcomes.at(-1)).toBe("done");
      expect(await statusesOf(world)).toEqual([[blue, "PRIMARY"]]);
      expect((await taskSets.remove(service, taskSetId, never)).outcome).toBe("done");
    });

    it("never removes the primary", async () => {
      const world = await open();
      const { taskSets, service, blue } = world;
      const refusal = await taskSets.remove(service, blue, never);
      expect(refusal).toMatchObject({ outcome: "failed", reason: expect.stringContaining(blue) });
      expect(await statusesOf(world)).toEqual([[blue, "PRIMARY"]]);
    });

    it("says no for a service or a task set that is not there", async () => {
      const { taskSets, service, nobody, blue, plan } = await open();
      const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
      expect(await taskSets.create(nobody, plan, never)).toMatchObject(failed);
      expect(await taskSets.makePrimary(nobody, blue, never)).toMatchObject(failed);
      expect(await taskSets.makePrimary(service, "ecs-svc/9999999999999999999", never)).toMatchObject(failed);
      expect(await taskSets.remove(nobody, blue, never)).toMatchObject(failed);
    });

    it("does not begin when it was told to stop", async () => {
      const world = await open();
      const { taskSets, service, plan, blue } = world;
      await expect(taskSets.describe(service, STOPPED)).rejects.toThrow();
      await expect(taskSets.inspectTaskDefinition(service, plan, STOPPED)).rejects.toThrow();
      await expect(taskSets.create(service, plan, STOPPED)).rejects.toThrow();
      await expect(taskSets.makePrimary(service, blue, STOPPED)).rejects.toThrow();
      await expect(taskSets.remove(service, blue, STOPPED)).rejects.toThrow();
      expect(await statusesOf(world)).toEqual([[blue, "PRIMARY"]]);
    });

    if (hasOneController) return;
    it("says no for a service that others deploy", async () => {
      const rolling = await open("ECS");
      expect(await rolling.taskSets.create(rolling.service, rolling.plan, never)).toMatchObject({
        outcome: "failed",
        reason: expect.stringContaining("controller"),
      });
    });
  });
}
