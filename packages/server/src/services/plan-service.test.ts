import { killMemoryContainer, newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import { describe, expect, it } from "vitest";
import {
  CHECK,
  containerDefinition,
  newService,
  newTaskSet,
  PlayedService,
  taskDefinition,
} from "./played-service.fixture.ts";
import type { TaskTarget } from "./service-state.ts";

const ONE = taskDefinition(containerDefinition("web"));
const HOUR = 3_600_000;

function played(definition = ONE, behave = () => newMemoryBehaviour()): PlayedService {
  return new PlayedService(definition, behave);
}

describe("a service's plan", () => {
  it("starts as many tasks as are wanted, in one turn, and is steady when they run", async () => {
    const play = played();
    const plan = await play.turn();
    expect(plan.newTasks.map(({ lastStatus }) => lastStatus)).toEqual(["PENDING", "PENDING"]);
    expect(plan.actions.map(({ kind }) => kind)).toEqual(["start", "start"]);
    await play.settle();
    expect(play.wanted().map(({ lastStatus, address }) => [lastStatus, address !== null])).toEqual([
      ["RUNNING", true],
      ["RUNNING", true],
    ]);
    expect(play.taskSet()).toMatchObject({ stability: "STEADY_STATE", failedTasks: 0 });
    expect(play.events).toEqual([
      "(service web, taskSet blue) has started 2 tasks: (task task-1) (task task-2).",
      "(service web, taskSet blue) has reached a steady state.",
    ]);
  });

  it("rounds up what a task set's scale makes of the desired count", async () => {
    const play = played();
    play.service = newService({ desiredCount: 3 });
    play.taskSets = [newTaskSet("blue", { status: "PRIMARY", scalePercent: 50 })];
    await play.settle();
    expect(play.wanted()).toHaveLength(2);
  });

  it("makes no more tasks in a turn than it has names for, and wakes at once for the rest", async () => {
    const play = played();
    play.service = newService({ desiredCount: 30 });
    const plan = await play.turn();
    expect(plan.newTasks).toHaveLength(20);
    expect(plan.wakeAt).toBe(play.now);
    await play.settle();
    expect(play.wanted()).toHaveLength(30);
  });

  it("replaces a task that ended, says why, and waits longer each time", async () => {
    const play = played(ONE, () => newMemoryBehaviour({ livesMilliseconds: 100, exitCode: 3 }));
    play.service = newService({ desiredCount: 1 });
    await play.settle();
    const madeAt: number[] = [];
    for (let step = 0; step < 640; step++) {
      await play.pass(100, 100);
      const newest = Math.max(...[...play.tasks.values()].map(({ createdAt }) => createdAt));
      if (madeAt.at(-1) !== newest) madeAt.push(newest);
    }
    const pauses = madeAt.slice(1).map((at, index) => at - madeAt[index]!);
    // Each task lives for 100 ms before its back-off begins.
    expect(pauses).toEqual([1_100, 2_100, 4_100, 8_100, 16_100, 32_100].slice(0, pauses.length));
    expect(pauses.length).toBeGreaterThanOrEqual(5);
    expect(play.taskSet().failedTasks).toBe(madeAt.length);
    expect([...play.tasks.values()][0]).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "web", exitCode: 3 }],
    });
    expect(play.events).toContain(
      "(service web, taskSet blue) (task task-1) stopped: Essential container in task exited (container web: exit code 3).",
    );
    expect(play.events.filter((event) => event.includes("unable to consistently start"))).toHaveLength(1);
  });

  it("begins with the shortest wait again after a task was well for a minute", async () => {
    const play = played();
    play.service = newService({ desiredCount: 1 });
    play.behave = () => newMemoryBehaviour({ livesMilliseconds: 100 });
    await play.pass(10_000);
    play.behave = () => newMemoryBehaviour();
    await play.pass(90_000);
    expect(play.taskSet().stability).toBe("STEADY_STATE");
    killMemoryContainer(play.containers.at(-1)!, play.now);
    await play.settle();
    expect(play.wanted()).toHaveLength(0);
    await play.pass(1_000);
    expect(play.wanted()).toHaveLength(1);
  });

  it("replaces many that failed together after one short wait", async () => {
    const play = played();
    play.service = newService({ desiredCount: 10 });
    await play.settle();
    for (const container of play.containers) killMemoryContainer(container, play.now);
    await play.settle();
    expect(play.taskSet().failedTasks).toBe(10);
    await play.pass(1_000);
    expect(play.wanted()).toHaveLength(10);
  });

  it("counts a start that failed with the engine's reason", async () => {
    const play = played();
    play.service = newService({ desiredCount: 1 });
    play.behave = () => undefined;
    await play.settle();
    expect([...play.tasks.values()][0]).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      stoppedReason: "CannotPullContainerError: no such image: web",
    });
    expect(play.taskSet().failedTasks).toBe(1);
  });

  it("stops the youngest when there are too many, and counts none as failed", async () => {
    const play = played();
    await play.settle();
    await play.pass(1_000);
    play.service = newService({ desiredCount: 3 });
    await play.settle();
    play.service = newService({ desiredCount: 2 });
    await play.settle();
    expect(play.wanted().map(({ taskId }) => taskId)).toEqual(["task-1", "task-2"]);
    expect(play.tasks.get("task-3")).toMatchObject({ lastStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" });
    expect(play.taskSet().failedTasks).toBe(0);
  });

  it("replaces at once a task that a user stopped, and does not count it as failed", async () => {
    const play = played();
    await play.settle();
    const task = play.tasks.get("task-1")!;
    play.tasks.set("task-1", { ...task, desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "bye" });
    await play.settle();
    expect(play.wanted().map(({ taskId }) => taskId)).toEqual(["task-2", "task-3"]);
    expect(play.tasks.get("task-1")).toMatchObject({ lastStatus: "STOPPED", stoppedReason: "bye" });
    expect(play.taskSet().failedTasks).toBe(0);
  });

  it("removes a task set that drains when its tasks have stopped", async () => {
    const play = played();
    play.taskSets.push(newTaskSet("green"));
    await play.settle();
    expect(play.wanted("green")).toHaveLength(2);
    play.taskSets = play.taskSets.map((set) => (set.taskSetId === "green" ? { ...set, status: "DRAINING" } : set));
    await play.turn();
    expect(play.taskSets).toHaveLength(2);
    await play.settle();
    expect(play.taskSets.map(({ taskSetId }) => taskSetId)).toEqual(["blue"]);
    expect(play.wanted("blue")).toHaveLength(2);
  });

  it("ends a deleted service with its tasks, and forgets them after an hour", async () => {
    const play = played();
    await play.settle();
    play.service = { ...play.service, status: "DRAINING" };
    await play.settle();
    expect(play.service.status).toBe("INACTIVE");
    expect(play.taskSets).toEqual([]);
    expect([...play.tasks.values()].map(({ lastStatus }) => lastStatus)).toEqual(["STOPPED", "STOPPED"]);
    expect(play.containers).toHaveLength(2);
    await play.pass(HOUR, HOUR);
    expect(play.containers).toEqual([]);
    expect(play.tasks.size).toBe(0);
  });

  it("lets a task drain before it is stopped, and no longer than the group's delay", async () => {
    const play = played();
    const target: TaskTarget = {
      targetGroupArn: "tg",
      health: "healthy",
      detail: "",
      sessionsLeft: null,
      drainSeconds: 300,
    };
    play.targetOf = () => target;
    await play.settle();
    play.service = newService({ desiredCount: 1 });
    await play.settle();
    expect(play.tasks.get("task-2")).toMatchObject({ lastStatus: "DEACTIVATING", drainingSince: play.now });
    expect(play.lastPlan?.wakeAt).toBe(play.now + 300_000);
    await play.pass(299_000, 50_000);
    expect(play.tasks.get("task-2")).toMatchObject({ lastStatus: "DEACTIVATING" });
    await play.pass(1_000);
    expect(play.tasks.get("task-2")).toMatchObject({ lastStatus: "STOPPED" });
    play.service = newService({ desiredCount: 2 });
    await play.settle();
    play.service = newService({ desiredCount: 1 });
    await play.settle();
    play.targetOf = () => ({ ...target, sessionsLeft: 0 });
    await play.settle();
    expect(play.wanted()).toHaveLength(1);
    expect([...play.tasks.values()].filter(({ lastStatus }) => lastStatus === "DEACTIVATING")).toEqual([]);
  });

  it("waits for the balancer to find every task healthy, and fails one that it finds ill after the grace", async () => {
    const play = played();
    play.service = newService({ desiredCount: 1, healthCheckGraceSeconds: 20 });
    let health: TaskTarget["health"] = "initial";
    play.targetOf = () => ({ targetGroupArn: "tg", health, detail: "503", sessionsLeft: 0, drainSeconds: 5 });
    await play.settle();
    expect(play.taskSet().stability).toBe("STABILIZING");
    health = "unhealthy";
    await play.settle();
    expect(play.lastPlan?.wakeAt).toBe(play.now + 20_000);
    expect(play.wanted()).toHaveLength(1);
    await play.pass(20_000);
    expect(play.tasks.get("task-1")).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: "Task failed ELB health checks in (target-group tg): 503",
    });
    expect(play.taskSet().failedTasks).toBe(1);
    health = "healthy";
    await play.pass(2_000);
    expect(play.taskSet().stability).toBe("STEADY_STATE");
  });

  it("asks for no check of a container whose healthCheck is NONE", async () => {
    const play = played(taskDefinition(containerDefinition("web", { healthCheck: { ...CHECK, command: ["NONE"] } })));
    await play.settle();
    expect(play.taskSet()).toMatchObject({ stability: "STEADY_STATE" });
  });

  it("fails a task whose essential container fails its health check", async () => {
    const play = played(taskDefinition(containerDefinition("web", { healthCheck: CHECK })));
    play.service = newService({ desiredCount: 1 });
    play.behave = () => newMemoryBehaviour({ healthAt: (age) => (age < 5_000 ? "starting" : "unhealthy") });
    await play.settle();
    expect(play.wanted()[0]).toMatchObject({ lastStatus: "RUNNING", health: "UNKNOWN" });
    expect(play.taskSet().stability).toBe("STABILIZING");
    await play.pass(5_000);
    expect(play.tasks.get("task-1")).toMatchObject({ stoppedReason: "Task failed container health checks" });
  });
});
