import { killMemoryContainer, newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHECK, containerDefinition, newTaskSet, PlayedService, taskDefinition } from "./played-service.fixture.ts";
import type { TaskState, TaskTarget } from "./service-state.ts";
import { isFailedEnd } from "./task-end.ts";
import { desiredCountOf } from "./task-set-steadiness.ts";

/** What may happen to a service. Numbers choose among what there is. */
type Happening =
  | { readonly kind: "pass"; readonly milliseconds: number }
  | { readonly kind: "kill" | "remove" | "stopTask"; readonly which: number }
  | { readonly kind: "desire"; readonly count: number }
  | { readonly kind: "addSet" | "drainSet" }
  /** The server dies after it has written, and has done only so many of its actions. */
  | { readonly kind: "crash"; readonly done: number }
  | { readonly kind: "turn" };

const HAPPENING: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant("pass" as const), milliseconds: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({ kind: fc.constantFrom("kill" as const, "remove" as const, "stopTask" as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant("desire" as const), count: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ kind: fc.constantFrom("addSet" as const, "drainSet" as const) }),
  fc.record({ kind: fc.constant("crash" as const), done: fc.nat(3) }),
  fc.record({ kind: fc.constant("turn" as const) }),
);

/** What containers are like, chosen by their task. */
const LIVES = fc.array(fc.constantFrom("well", "well", "well", "ends", "missing", "ill", "slow"), {
  minLength: 1,
  maxLength: 6,
});

const DEFINITIONS = {
  one: taskDefinition(containerDefinition("web", { healthCheck: CHECK })),
  three: taskDefinition(
    containerDefinition("web", { healthCheck: CHECK, dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
    containerDefinition("init", { essential: false }),
    containerDefinition("side", { essential: false }),
  ),
};

function behaviourOf(lives: readonly string[], { taskId, containerName }: ContainerPlan) {
  if (containerName === "init") return newMemoryBehaviour({ livesMilliseconds: 500 });
  switch (lives[Number(taskId.replace("task-", "")) % lives.length]) {
    case "ends":
      return newMemoryBehaviour({ livesMilliseconds: 2_000, exitCode: 1 });
    case "missing":
      return undefined;
    case "ill":
      return newMemoryBehaviour({ healthAt: (age) => (age < 3_000 ? "starting" : "unhealthy") });
    case "slow":
      return newMemoryBehaviour({ stopsMilliseconds: 20_000 });
    default:
      return newMemoryBehaviour();
  }
}

/** A balancer that knows of a draining only some time after it was written. */
function balancer(play: PlayedService) {
  return (_: unknown, task: TaskState): TaskTarget => ({
    targetGroupArn: "tg",
    health: "healthy",
    detail: "",
    sessionsLeft: task.drainingSince !== null && play.now > task.drainingSince + 5_000 ? 0 : null,
    drainSeconds: 30,
  });
}

function happen(play: PlayedService, happening: Happening): Promise<unknown> | unknown {
  switch (happening.kind) {
    case "pass":
      play.now += happening.milliseconds;
      return play.turn();
    case "turn":
      return play.turn();
    case "desire":
      play.service = { ...play.service, desiredCount: happening.count };
      return;
    case "kill": {
      const running = play.containers.filter(({ startedAt }) => startedAt !== null);
      const chosen = running[happening.which % running.length];
      if (chosen) killMemoryContainer(chosen, play.now);
      return;
    }
    case "remove":
      if (play.containers.length > 0) play.containers.splice(happening.which % play.containers.length, 1);
      return;
    case "stopTask": {
      const wanted = [...play.tasks.values()].filter(({ desiredStatus }) => desiredStatus === "RUNNING");
      const task = wanted[happening.which % wanted.length];
      if (!task) return;
      play.tasks.set(task.taskId, { ...task, desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "" });
      return;
    }
    case "addSet":
      if (!play.taskSets.some(({ taskSetId }) => taskSetId === "green")) play.taskSets.push(newTaskSet("green"));
      return;
    case "drainSet":
      play.taskSets = play.taskSets.map((set) => (set.taskSetId === "green" ? { ...set, status: "DRAINING" } : set));
      return;
    case "crash":
      return crash(play, happening.done);
  }
}

async function crash(play: PlayedService, done: number): Promise<void> {
  const { actions } = play.plan();
  for (const action of actions.slice(0, done)) await play.act(action);
  // What was known in memory alone is lost.
  play.startFailures = new Map();
}

const WORLD = fc.record({
  definition: fc.constantFrom<keyof typeof DEFINITIONS>("one", "three"),
  lives: LIVES,
  isBalanced: fc.boolean(),
  happenings: fc.array(HAPPENING, { maxLength: 40 }),
});

/** Plays it all, and calls `look` after every step. */
async function play(
  world: typeof WORLD extends fc.Arbitrary<infer World> ? World : never,
  look: (play: PlayedService) => void,
) {
  const played = new PlayedService(DEFINITIONS[world.definition], (plan) => behaviourOf(world.lives, plan));
  if (world.isBalanced) played.targetOf = balancer(played);
  for (const happening of world.happenings) {
    await happen(played, happening);
    look(played);
  }
  return played;
}

function property(check: (world: typeof WORLD extends fc.Arbitrary<infer World> ? World : never) => Promise<void>) {
  return fc.assert(fc.asyncProperty(WORLD, check), { numRuns: 200 });
}

describe("whatever happens to a service", () => {
  it("never has more wanted tasks than are desired", () =>
    property(async (world) => {
      await play(world, (played) => {
        if (!played.lastPlan) return;
        // Between turns the desired count may fall below what is there: a turn puts it right.
        played.plan();
        for (const taskSet of played.taskSets) {
          expect(played.wanted(taskSet.taskSetId).length).toBeLessThanOrEqual(desiredCountOf(played.service, taskSet));
        }
      });
    }));

  it("never starts a container again that has run, and never stops or removes what is not of the service", () =>
    property(async (world) => {
      const ran = new Set<string>();
      const played = await play(world, ({ facts, startsAsked, lastPlan, tasks }) => {
        for (const key of startsAsked.splice(0)) expect(ran).not.toContain(key);
        for (const task of tasks.values()) {
          for (const { name, runtimeId, lastStatus } of task.containers) {
            if (runtimeId !== null && lastStatus !== "PENDING") ran.add(`${task.taskId}/${name}`);
          }
        }
        for (const action of lastPlan?.actions ?? []) {
          if (action.kind !== "start") expect([...tasks.keys()]).toContain(action.taskId);
        }
        const running = facts.filter(({ state }) => state === "running").map(({ containerId }) => containerId);
        expect(new Set(running).size).toBe(running.length);
      });
      expect(played.tasks.size).toBeGreaterThanOrEqual(0);
    }));

  it("counts each unexpected end once, and what has stopped stays as it is", () =>
    property(async (world) => {
      const failedEver = new Map<string, Set<string>>();
      const stopped = new Map<string, TaskState>();
      const counted = new Map<string, number>();
      await play(world, ({ tasks, taskSets }) => {
        // A set that was made anew under the name of one that is gone begins at 0.
        for (const gone of counted.keys()) {
          if (!taskSets.some(({ taskSetId }) => taskSetId === gone)) counted.delete(gone);
        }
        for (const task of tasks.values()) {
          if (isFailedEnd(task)) {
            failedEver.set(task.taskSetId, (failedEver.get(task.taskSetId) ?? new Set()).add(task.taskId));
          }
          const before = stopped.get(task.taskId);
          if (before) expect(task).toEqual(before);
          if (task.stoppedAt !== null) stopped.set(task.taskId, task);
        }
        for (const { taskSetId, failedTasks } of taskSets) {
          expect(failedTasks).toBeGreaterThanOrEqual(counted.get(taskSetId) ?? 0);
          counted.set(taskSetId, failedTasks);
        }
        // Only of the set that is never gone: see above.
        const blue = taskSets.find(({ taskSetId }) => taskSetId === "blue");
        expect(blue?.failedTasks).toBe(failedEver.get("blue")?.size ?? 0);
      });
    }));

  it("comes to what is desired once nothing happens any more and containers stay up", () =>
    property(async (world) => {
      const played = await play(world, () => {});
      played.behave = ({ containerName }) =>
        newMemoryBehaviour(containerName === "init" ? { livesMilliseconds: 500 } : {});
      for (const container of played.containers) {
        if (container.plan.containerName === "web") container.behaviour = newMemoryBehaviour();
      }
      await played.pass(200_000, 5_000);
      for (const taskSet of played.taskSets) {
        const desired = desiredCountOf(played.service, taskSet);
        expect(played.wanted(taskSet.taskSetId).map(({ lastStatus }) => lastStatus)).toEqual(
          Array(desired).fill("RUNNING"),
        );
        expect(taskSet.stability).toBe("STEADY_STATE");
      }
      const running = played.facts.filter(
        ({ state, role, containerName }) => state === "running" && role === "application" && containerName === "web",
      );
      const wanted = played.taskSets.reduce((sum, taskSet) => sum + desiredCountOf(played.service, taskSet), 0);
      expect(running).toHaveLength(wanted);
    }));
});
