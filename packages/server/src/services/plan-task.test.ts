import { killMemoryContainer, newMemoryBehaviour } from "@sluice/drivers/memory/memory-container.ts";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import { describe, expect, it } from "vitest";
import type { ContainerDefinition } from "../store/columns/task-definition.ts";
import { containerPlan, SANDBOX_NAME, sandboxPlan } from "./container-plans.ts";
import { CHECK, containerDefinition, newService, PlayedService, taskDefinition } from "./played-service.fixture.ts";

function playedTask(
  definition: readonly ContainerDefinition[],
  behave: (plan: ContainerPlan) => ReturnType<typeof newMemoryBehaviour> | undefined = () => newMemoryBehaviour(),
): PlayedService {
  const play = new PlayedService(taskDefinition(...definition), behave);
  play.service = newService({ desiredCount: 1 });
  return play;
}

const namesOf = (play: PlayedService) => play.startsAsked.map((key) => key.replace("task-1/", ""));
const taskOne = (play: PlayedService) => play.tasks.get("task-1")!;

describe("a task's plan", () => {
  it("gives a task of several containers a network of its own first", async () => {
    const play = playedTask([containerDefinition("web"), containerDefinition("side")]);
    await play.turn();
    expect(namesOf(play)).toEqual([SANDBOX_NAME]);
    await play.turn();
    expect(namesOf(play)).toEqual([SANDBOX_NAME, "web", "side"]);
    await play.settle();
    expect(taskOne(play)).toMatchObject({ lastStatus: "RUNNING", address: "10.0.0.2" });
    expect(taskOne(play).containers.map(({ name }) => name)).toEqual(["web", "side"]);
  });

  it("gives a task of one container no sandbox", async () => {
    const play = playedTask([containerDefinition("web")]);
    await play.settle();
    expect(namesOf(play)).toEqual(["web"]);
  });

  it("starts a container when what it depends on is as it asks", async () => {
    const depends = (containerName: string, condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY") => ({
      dependsOn: [{ containerName, condition }],
    });
    const play = playedTask(
      [
        containerDefinition("web", depends("migrate", "SUCCESS")),
        containerDefinition("migrate", { essential: false, ...depends("database", "HEALTHY") }),
        containerDefinition("database", { healthCheck: CHECK, ...depends("logs", "START") }),
        containerDefinition("logs", { essential: false }),
        containerDefinition("report", { essential: false, ...depends("migrate", "COMPLETE") }),
      ],
      ({ containerName }) =>
        newMemoryBehaviour({
          livesMilliseconds: containerName === "migrate" ? 3_000 : null,
          healthAt: (age) => (age < 2_000 ? "starting" : "healthy"),
        }),
    );
    await play.settle();
    expect(namesOf(play)).toEqual([SANDBOX_NAME, "logs", "database"]);
    await play.pass(2_000);
    expect(namesOf(play).slice(3)).toEqual(["migrate"]);
    expect(taskOne(play).lastStatus).toBe("PENDING");
    await play.pass(3_000);
    expect(namesOf(play).slice(4)).toEqual(["web", "report"]);
    expect(taskOne(play)).toMatchObject({ lastStatus: "RUNNING", health: "HEALTHY" });
    expect(play.taskSet().stability).toBe("STEADY_STATE");
  });

  it("gives up when what must succeed does not", async () => {
    const play = playedTask(
      [
        containerDefinition("web", { dependsOn: [{ containerName: "migrate", condition: "SUCCESS" }] }),
        containerDefinition("migrate", { essential: false }),
      ],
      () => newMemoryBehaviour({ livesMilliseconds: 1_000, exitCode: 4 }),
    );
    await play.settle();
    await play.pass(1_000);
    expect(taskOne(play)).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      stoppedReason: "web depends on the success of migrate, which exited with code 4",
    });
    expect(namesOf(play)).not.toContain("web");
  });

  it("gives up when what it depends on takes longer than its startTimeout", async () => {
    const play = playedTask(
      [
        containerDefinition("web", { dependsOn: [{ containerName: "database", condition: "HEALTHY" }] }),
        containerDefinition("database", { healthCheck: CHECK, startTimeout: 10 }),
      ],
      () => newMemoryBehaviour({ healthAt: () => "starting" }),
    );
    await play.settle();
    expect(play.lastPlan?.wakeAt).toBe(play.now + 10_000);
    await play.pass(10_000);
    expect(taskOne(play)).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: expect.stringContaining("startTimeout of 10 seconds"),
    });
  });

  it("stops what depends on others before them, and the network last", async () => {
    const play = playedTask([
      containerDefinition("database"),
      containerDefinition("web", { dependsOn: [{ containerName: "database", condition: "START" }] }),
    ]);
    await play.settle();
    play.behave = () => newMemoryBehaviour();
    for (const container of play.containers) container.behaviour = newMemoryBehaviour({ stopsMilliseconds: 1_000 });
    play.service = newService({ desiredCount: 0 });
    const stopped = () =>
      play.containers.filter(({ stopAskedAt }) => stopAskedAt !== null).map(({ plan }) => plan.containerName);
    await play.settle();
    expect(stopped()).toEqual(["web"]);
    expect(taskOne(play).lastStatus).toBe("STOPPING");
    await play.pass(1_000);
    expect(stopped()).toEqual(["database", "web"]);
    await play.pass(1_000);
    expect(taskOne(play).lastStatus).toBe("DEPROVISIONING");
    await play.pass(1_000);
    expect(stopped()).toHaveLength(3);
    expect(taskOne(play)).toMatchObject({ lastStatus: "STOPPED", stoppedAt: play.now });
  });

  it("goes on when a container ends that is not essential", async () => {
    const play = playedTask([containerDefinition("web"), containerDefinition("side", { essential: false })]);
    await play.settle();
    killMemoryContainer(play.containers.find(({ plan }) => plan.containerName === "side")!, play.now);
    await play.settle();
    expect(taskOne(play)).toMatchObject({ lastStatus: "RUNNING", desiredStatus: "RUNNING" });
    expect(play.taskSet().stability).toBe("STEADY_STATE");
    killMemoryContainer(play.containers.find(({ plan }) => plan.containerName === "web")!, play.now);
    await play.settle();
    expect(taskOne(play)).toMatchObject({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited" });
  });

  it("never starts a container again that somebody removed", async () => {
    const play = playedTask([containerDefinition("web")]);
    await play.settle();
    play.containers.splice(0);
    await play.settle();
    expect(taskOne(play)).toMatchObject({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited" });
    expect(namesOf(play)).toEqual(["web"]);
  });

  it("ends with its network", async () => {
    const play = playedTask([containerDefinition("web"), containerDefinition("side")]);
    await play.settle();
    killMemoryContainer(play.containers.find(({ plan }) => plan.role === "sandbox")!, play.now);
    await play.settle();
    expect(taskOne(play)).toMatchObject({
      lastStatus: "STOPPED",
      stoppedReason: "The container that holds the task's network has ended",
    });
  });

  it("says of a container that the engine has lost that it is gone, and not that it ended", async () => {
    const play = playedTask([containerDefinition("web")]);
    await play.settle();
    play.containers.length = 0;
    await play.turn();
    expect(taskOne(play)).toMatchObject({ stopCode: "EssentialContainerExited" });
    expect(play.events.join()).toContain("(container web: the container engine does not have it any more)");
  });

  it("says in ECS' words that a container had no memory left", async () => {
    const play = playedTask([containerDefinition("web")]);
    await play.settle();
    killMemoryContainer(play.containers[0]!, play.now, { wasOutOfMemory: true });
    await play.settle();
    expect(taskOne(play).containers[0]).toMatchObject({
      exitCode: 137,
      reason: "OutOfMemoryError: Container killed due to memory usage",
    });
  });

  it("stops a container that came up after its task had stopped", async () => {
    const play = playedTask([containerDefinition("web")]);
    const { actions } = play.plan();
    play.service = newService({ desiredCount: 0 });
    await play.settle();
    expect(taskOne(play).lastStatus).toBe("STOPPED");
    for (const action of actions) await play.act(action);
    await play.settle();
    expect(play.facts.map(({ state }) => state)).toEqual(["exited"]);
    expect(taskOne(play).lastStatus).toBe("STOPPED");
  });

  it("does not say that a task has stopped while the engine may still start it", () => {
    const play = playedTask([containerDefinition("web")]);
    play.plan();
    play.service = newService({ desiredCount: 0 });
    const situation = { ...play.situation(), starting: new Map([["task-1", new Set(["web"])]]) };
    play.situation = () => situation;
    play.plan();
    expect(taskOne(play)).toMatchObject({ desiredStatus: "STOPPED", stoppedAt: null });
  });
});

describe("what the engine is told of a container", () => {
  const identity = { taskId: "task-1", labels: { "sluice.service": "web" } };

  it("is what the task definition says", () => {
    const container = containerDefinition("web", {
      cpu: 512,
      memoryReservation: 64,
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
      command: ["serve"],
      environment: [{ name: "MODE", value: "fast" }],
      secrets: [{ name: "PASSWORD", valueFrom: "db-password" }],
      mountPoints: [
        { sourceVolume: "data", containerPath: "/data", readOnly: true },
        { sourceVolume: "scratch", containerPath: "/tmp/scratch", readOnly: false },
      ],
      ulimits: [{ name: "nofile", softLimit: 1_024, hardLimit: 2_048 }],
      healthCheck: { command: ["CMD-SHELL", "true"], interval: 30, timeout: 5, retries: 3, startPeriod: 10 },
      stopTimeout: 5,
    });
    const definition = {
      ...taskDefinition(container),
      networkMode: "bridge" as const,
      cpu: "256",
      memory: "512",
      volumes: [
        { name: "data", sourcePath: "/srv/data" },
        { name: "scratch", sourcePath: null },
      ],
    };
    expect(containerPlan(identity, definition, container)).toMatchObject({
      taskId: "task-1",
      containerName: "web",
      role: "application",
      labels: { "sluice.service": "web" },
      network: { kind: "own", publishedPorts: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }] },
      command: ["serve"],
      environment: { MODE: "fast" },
      secrets: { PASSWORD: "db-password" },
      memoryBytes: 512 * 1_048_576,
      memoryReservationBytes: 64 * 1_048_576,
      cpuShares: 512,
      cpuCores: 0.25,
      mounts: [
        { volumeName: "data", folder: "/srv/data", containerPath: "/data", isReadOnly: true },
        { volumeName: "scratch", folder: null, containerPath: "/tmp/scratch", isReadOnly: false },
      ],
      ulimits: [{ name: "nofile", soft: 1_024, hard: 2_048 }],
      healthCheck: { intervalSeconds: 30, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 10 },
      stopTimeoutSeconds: 5,
    });
  });

  it("publishes no port outside of bridge mode, and those of a task of several by its network", () => {
    const ports = { portMappings: [{ containerPort: 80, hostPort: 8_080, protocol: "tcp" as const }] };
    const [web, side] = [containerDefinition("web", ports), containerDefinition("side")];
    expect(containerPlan(identity, taskDefinition(web), web).network).toMatchObject({ publishedPorts: [] });
    const several = { ...taskDefinition(web, side), networkMode: "bridge" as const };
    expect(containerPlan(identity, several, web).network).toEqual({ kind: "of-task" });
    expect(sandboxPlan(identity, several).network).toMatchObject({ publishedPorts: [{ hostPort: 8_080 }] });
  });
});
