import type { ContainerEngine, ContainerFacts, ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/**
 * What a driver's test provides: an engine without containers, and an image with programs of these names.
 * `waits`: until SIGTERM, at which it ends with 0. `deaf`: for ever, whatever it is told. `ends N`: with this exit code.
 * `says WORD…`: writes a line `out WORD` to stdout for each, then `err` to stderr, and waits. `well`, `sick`: as health checks,
 * and `sick` says `I am sick`. There is no program `nothing`.
 */
export interface ContainerEngineWorld {
  readonly engine: ContainerEngine;
  /** The same engine, as Sluice finds it after a restart. */
  readonly reopen: () => ContainerEngine;
  readonly image: string;
  readonly missingImage: string;
  close(): Promise<void>;
}

const never = new AbortController().signal;
/** Generous, for machines that are busy with something else. */
const WITHIN = { timeout: 60_000, interval: 20 };
const TASK = "0123456789abcdef0123456789abcdef";
const OTHER_TASK = "fedcba9876543210fedcba9876543210";

export function newContainerPlan(image: string, values: Partial<ContainerPlan> = {}): ContainerPlan {
  return {
    taskId: TASK,
    containerName: "web",
    role: "application",
    image,
    labels: {},
    network: { kind: "own", publishedPorts: [] },
    command: ["waits"],
    environment: {},
    secrets: {},
    memoryBytes: null,
    memoryReservationBytes: null,
    cpuShares: null,
    cpuCores: null,
    mounts: [],
    ulimits: [],
    isRootReadOnly: false,
    droppedCapabilities: [],
    hasInit: false,
    healthCheck: null,
    stopTimeoutSeconds: 30,
    ...values,
  };
}

export function newSandboxPlan(values: Partial<ContainerPlan> = {}): ContainerPlan {
  return newContainerPlan("", { containerName: "sluice~sandbox", role: "sandbox", command: undefined, ...values });
}

/** Asks until it is no longer pending, as a loop does. */
export async function settled(ask: () => Promise<PortOutcome>): Promise<PortOutcome> {
  return vi.waitFor(async () => {
    const outcome = await ask();
    if (outcome.outcome === "pending") throw new Error(outcome.detail);
    return outcome;
  }, WITHIN);
}

/** The facts of a container, once they are as the test expects. */
export async function untilFacts(
  engine: ContainerEngine,
  { taskId, containerName }: Pick<ContainerPlan, "taskId" | "containerName">,
  expected: Partial<ContainerFacts>,
): Promise<ContainerFacts> {
  return vi.waitFor(async () => {
    const containers = await engine.list(never);
    const found = containers.find((facts) => facts.taskId === taskId && facts.containerName === containerName);
    expect(found).toMatchObject(expected);
    return found!;
  }, WITHIN);
}

/** What every driver of the port has to keep. */
export function describeContainerEngine(name: string, open: () => Promise<ContainerEngineWorld>): void {
  describe(`the container engine ${name}`, () => {
    let world: ContainerEngineWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    const planOf = (values: Partial<ContainerPlan> = {}) => newContainerPlan(world.image, values);
    const start = (plan: ContainerPlan) => settled(() => world.engine.start(plan, never));
    const startWeb = async (values: Partial<ContainerPlan> = {}, expected: Partial<ContainerFacts> = {}) => {
      const plan = planOf(values);
      expect(await start(plan)).toEqual({ outcome: "done" });
      return untilFacts(world.engine, plan, { state: "running", ...expected });
    };

    it("starts a container, and says what there is to know of it", async () => {
      expect(await world.engine.list(never)).toEqual([]);
      const facts = await startWeb();
      expect(facts).toEqual({
        containerId: expect.stringMatching(/\w/),
        taskId: TASK,
        containerName: "web",
        role: "application",
        state: "running",
        health: "none",
        healthDetail: "",
        exitCode: null,
        wasOutOfMemory: false,
        error: "",
        startedAt: expect.any(Number),
        finishedAt: null,
        address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        publishedPorts: [],
        imageDigest: expect.stringMatching(/^sha256:/),
      });
      expect(Math.abs(Date.now() - facts.startedAt!)).toBeLessThan(600_000);
    });

    it("starts it once, however often and by whomever it is asked", async () => {
      const plan = planOf();
      const engines = [world.engine, world.engine, world.reopen()];
      const outcomes = await Promise.all(engines.map((engine) => settled(() => engine.start(plan, never))));
      expect(outcomes).toEqual(engines.map(() => ({ outcome: "done" })));
      const [facts, ...others] = await world.engine.list(never);
      expect(others).toEqual([]);
      expect(await start(plan)).toEqual({ outcome: "done" });
      expect(await world.reopen().list(never)).toEqual([facts]);
    });

    it("tells containers of one name in two tasks apart, and gives each an address", async () => {
      const one = await startWeb();
      const other = await startWeb({ taskId: OTHER_TASK });
      expect(other.containerId).not.toBe(one.containerId);
      expect(other.address).not.toBe(one.address);
      expect(await world.engine.list(never)).toHaveLength(2);
    });

    it("says no for an image that there is not, and leaves nothing behind", async () => {
      const outcome = await start(planOf({ image: world.missingImage }));
      expect(outcome).toEqual({ outcome: "failed", reason: expect.stringMatching(/^CannotPullContainerError: ./) });
      expect(await world.engine.list(never)).toEqual([]);
    });

    it("says no for a program that there is not, and keeps the reason", async () => {
      const plan = planOf({ command: ["nothing"] });
      expect(await start(plan)).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/^CannotStartContainerError: ./),
      });
      const [facts] = await world.engine.list(never);
      expect(facts).toMatchObject({ state: "created", error: expect.stringMatching(/./), startedAt: null });
      expect(await settled(() => world.engine.remove(facts!.containerId, never))).toEqual({ outcome: "done" });
      expect(await world.engine.list(never)).toEqual([]);
    });

    it("keeps one that has ended, and does not start it again", async () => {
      const plan = planOf({ command: ["ends", "3"] });
      expect(await start(plan)).toEqual({ outcome: "done" });
      const ended = { state: "exited", exitCode: 3, wasOutOfMemory: false, address: null, publishedPorts: [] } as const;
      const facts = await untilFacts(world.engine, plan, ended);
      expect(facts.finishedAt).toBeGreaterThanOrEqual(facts.startedAt!);
      expect(await start(plan)).toEqual({ outcome: "done" });
      expect(await world.engine.list(never)).toEqual([facts]);
    });

    it("stops one, which ends by itself and stays with its logs", async () => {
      const { containerId } = await startWeb({ command: ["says", "one"] });
      await vi.waitFor(async () => expect(await texts(containerId)).toContain("out one"), WITHIN);
      expect(await settled(() => world.engine.stop(containerId, never))).toEqual({ outcome: "done" });
      const [facts] = await world.engine.list(never);
      expect(facts).toMatchObject({ containerId, state: "exited", exitCode: 0 });
      expect(await texts(containerId)).toContain("out one");
      expect(await world.engine.stop(containerId, never)).toEqual({ outcome: "done" });
    });

    it("kills one that does not listen, after the plan's time", async () => {
      const { containerId } = await startWeb({ command: ["deaf"], stopTimeoutSeconds: 1 });
      expect(await world.engine.stop(containerId, never)).toEqual({
        outcome: "pending",
        retryAfterMilliseconds: expect.any(Number),
        detail: expect.stringMatching(/\w/),
      });
      expect((await world.engine.list(never))[0]).toMatchObject({ state: "running" });
      expect(await settled(() => world.engine.stop(containerId, never))).toEqual({ outcome: "done" });
      expect((await world.engine.list(never))[0]).toMatchObject({ state: "exited", exitCode: 137 });
    });

    it("goes on with a stop that was begun before a restart", async () => {
      const { containerId } = await startWeb({ command: ["deaf"], stopTimeoutSeconds: 1 });
      await world.engine.stop(containerId, never);
      const reopened = world.reopen();
      expect(await settled(() => reopened.stop(containerId, never))).toEqual({ outcome: "done" });
    });

    it("removes one that has ended, and refuses one that runs", async () => {
      const { containerId } = await startWeb();
      const refusal = { outcome: "failed", reason: expect.stringMatching(/running/) };
      expect(await world.engine.remove(containerId, never)).toEqual(refusal);
      await settled(() => world.engine.stop(containerId, never));
      expect(await settled(() => world.engine.remove(containerId, never))).toEqual({ outcome: "done" });
      expect(await world.engine.list(never)).toEqual([]);
    });

    it("takes what is gone as removed, as stopped, and as silent", async () => {
      const { containerId } = await startWeb({ command: ["ends", "0"] }, { state: "exited" });
      await settled(() => world.engine.remove(containerId, never));
      expect(await world.engine.remove(containerId, never)).toEqual({ outcome: "done" });
      expect(await world.engine.stop(containerId, never)).toEqual({ outcome: "done" });
      expect(await world.engine.logs(containerId, { tailLines: 10 }, never)).toEqual([]);
    });

    it("runs the containers of one task on the network of its sandbox", async () => {
      const sandbox = newSandboxPlan();
      const web = planOf({ network: { kind: "of-task" } });
      expect(await start(web)).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/^ResourceInitializationError: ./),
      });
      expect(await start(sandbox)).toEqual({ outcome: "done" });
      expect(await start(web)).toEqual({ outcome: "done" });
      const held = await untilFacts(world.engine, sandbox, { state: "running", role: "sandbox" });
      expect(held.address).toMatch(/^\d/);
      await untilFacts(world.engine, web, { state: "running", address: null });
      expect(await settled(() => world.engine.stop(held.containerId, never))).toEqual({ outcome: "done" });
    });

    it("publishes ports, on any that is free where none is asked for", async () => {
      const publishedPorts = [80, 81].map(
        (containerPort) => ({ containerPort, protocol: "tcp", hostPort: 0 }) as const,
      );
      const facts = await startWeb({ network: { kind: "own", publishedPorts } });
      const hostPorts = facts.publishedPorts.map(({ hostPort }) => hostPort);
      expect(new Set(hostPorts).size).toBe(2);
      expect(facts.publishedPorts).toEqual(
        publishedPorts.map((port, index) => ({ ...port, hostPort: hostPorts[index] })),
      );
      expect(Math.min(...hostPorts)).toBeGreaterThan(0);

      const taken = { containerPort: 80, protocol: "tcp", hostPort: hostPorts[0]! } as const;
      const network = { kind: "own", publishedPorts: [taken] } as const;
      expect(await start(planOf({ taskId: OTHER_TASK, network }))).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/^CannotStartContainerError: ./),
      });
    });

    it("reads what it wrote, oldest first, the last lines, and what is newer", async () => {
      const { containerId } = await startWeb({ command: ["says", "one", "two"] });
      await vi.waitFor(async () => expect(await texts(containerId)).toHaveLength(3), WITHIN);
      const lines = await world.engine.logs(containerId, { tailLines: 10 }, never);
      expect(lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text)).toEqual(["out one", "out two"]);
      expect(lines.filter(({ stream }) => stream === "stderr").map(({ text }) => text)).toEqual(["err"]);
      expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).sort((one, other) => one - other));
      expect(await world.engine.logs(containerId, { tailLines: 1 }, never)).toEqual(lines.slice(-1));
      expect(await world.engine.logs(containerId, { tailLines: 0 }, never)).toEqual([]);
      const since = lines.at(-1)!.at;
      expect(await world.engine.logs(containerId, { tailLines: 10, since }, never)).toEqual([]);
      expect(await world.engine.logs(containerId, { tailLines: 10, since: since - 600_000 }, never)).toEqual(lines);
    });

    it("tells health as the container's own check finds it", async () => {
      const check = { intervalSeconds: 1, timeoutSeconds: 30, retries: 1, startPeriodSeconds: 0 };
      await startWeb({ healthCheck: { ...check, command: ["CMD", "well"] } }, { health: "healthy" });
      const sick = { taskId: OTHER_TASK, healthCheck: { ...check, command: ["CMD", "sick"] } };
      const { healthDetail } = await startWeb(sick, { health: "unhealthy" });
      expect(healthDetail).toBe("I am sick");
    });

    it("calls whoever watches after each change, until told to stop", async () => {
      const watching = new AbortController();
      const onChange = vi.fn<() => void>();
      const watch = world.engine.watch(onChange, watching.signal);
      const untilCalled = async () => {
        await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), WITHIN);
        onChange.mockClear();
      };
      await untilCalled();
      const { containerId } = await startWeb();
      await untilCalled();
      await settled(() => world.engine.stop(containerId, never));
      await untilCalled();
      await settled(() => world.engine.remove(containerId, never));
      await untilCalled();
      watching.abort();
      await watch;
      await world.engine.watch(onChange, AbortSignal.abort());
    });

    it("does not begin when it was told to stop", async () => {
      const stopped = AbortSignal.abort();
      const { containerId } = await startWeb();
      await expect(world.engine.list(stopped)).rejects.toThrow();
      await expect(world.engine.start(planOf({ taskId: OTHER_TASK }), stopped)).rejects.toThrow();
      await expect(world.engine.stop(containerId, stopped)).rejects.toThrow();
      await expect(world.engine.remove(containerId, stopped)).rejects.toThrow();
      await expect(world.engine.logs(containerId, { tailLines: 1 }, stopped)).rejects.toThrow();
      expect(await world.engine.list(never)).toMatchObject([{ containerId, state: "running" }]);
    });

    async function texts(containerId: string): Promise<string[]> {
      return (await world.engine.logs(containerId, { tailLines: 100 }, never)).map(({ text }) => text);
    }
  });
}
