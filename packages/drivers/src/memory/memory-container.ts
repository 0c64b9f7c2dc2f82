import type { ContainerFacts, ContainerPlan, LogLine, PublishedPort } from "@sluice/engine/ports/container-engine.ts";

/** What a container does once it is asked for. */
export interface MemoryBehaviour {
  /** Until its image is there, counted from the first start that needs it. */
  readonly pullMilliseconds: number;
  /** Why it does not start, in the words that the port gives; null: it does. */
  readonly startError: string | null;
  /** From its start until it ends by itself; null: it stays up. */
  readonly livesMilliseconds: number | null;
  /** Of its end by itself. */
  readonly exitCode: number;
  readonly wasOutOfMemory: boolean;
  /** From SIGTERM until it ends; null: it does not listen, and is killed after its plan's time. */
  readonly stopsMilliseconds: number | null;
  /** What its health check says so long after its start. */
  readonly healthAt: (ageMilliseconds: number) => Exclude<ContainerFacts["health"], "none">;
  readonly healthDetail: string;
  /** As it starts. */
  readonly writes: readonly Omit<LogLine, "at">[];
}

/** A container with what has become of it. The test may change all that is not read-only. */
export interface MemoryContainer {
  readonly containerId: string;
  readonly plan: ContainerPlan;
  behaviour: MemoryBehaviour;
  /** Epoch milliseconds, here and below; null: not started. */
  startedAt: number | null;
  /** Null: nobody asked it to end. */
  stopAskedAt: number | null;
  /** Null: nobody killed it ({@link killMemoryContainer}). */
  killed: MemoryEnd | null;
  error: string;
  address: string | null;
  publishedPorts: readonly PublishedPort[];
  readonly lines: LogLine[];
}

export interface MemoryEnd {
  readonly at: number;
  readonly exitCode: number;
  readonly wasOutOfMemory: boolean;
}

/** As a shell counts a signal: 128 and SIGKILL's 9. */
const KILLED = 137;

/** Of a container that starts at once, is healthy, and stays up until it is asked to end. */
export function newMemoryBehaviour(values: Partial<MemoryBehaviour> = {}): MemoryBehaviour {
  return {
    pullMilliseconds: 0,
    startError: null,
    livesMilliseconds: null,
    exitCode: 0,
    wasOutOfMemory: false,
    stopsMilliseconds: 0,
    healthAt: () => "healthy",
    healthDetail: "",
    writes: [],
    ...values,
  };
}

/** It ends now, whatever it does. */
export function killMemoryContainer(
  container: MemoryContainer,
  at: number,
  { exitCode = KILLED, wasOutOfMemory = false }: Partial<MemoryEnd> = {},
): void {
  container.killed ??= { at, exitCode, wasOutOfMemory };
}

/** Made, and not started. */
export function newMemoryContainer(
  containerId: string,
  plan: ContainerPlan,
  behaviour: MemoryBehaviour,
): MemoryContainer {
  return {
    containerId,
    plan,
    behaviour,
    startedAt: null,
    stopAskedAt: null,
    killed: null,
    error: "",
    address: null,
    publishedPorts: [],
    lines: [],
  };
}

export function stateOf(container: MemoryContainer, at: number): ContainerFacts["state"] {
  if (container.startedAt === null) return "created";
  return endOf(container, at) ? "exited" : "running";
}

/** Its end, which is the first that came about; undefined while there is none. */
function endOf(
  { startedAt, stopAskedAt, killed, behaviour, plan }: MemoryContainer,
  at: number,
): MemoryEnd | undefined {
  const ends: MemoryEnd[] = killed ? [killed] : [];
  const { livesMilliseconds, stopsMilliseconds, exitCode, wasOutOfMemory } = behaviour;
  if (startedAt !== null && livesMilliseconds !== null) {
    ends.push({ at: startedAt + livesMilliseconds, exitCode, wasOutOfMemory });
  }
  if (stopAskedAt !== null) {
    const patienceMilliseconds = plan.stopTimeoutSeconds * 1000;
    const isObedient = stopsMilliseconds !== null && stopsMilliseconds <= patienceMilliseconds;
    ends.push({
      at: stopAskedAt + (isObedient ? stopsMilliseconds : patienceMilliseconds),
      exitCode: isObedient ? 0 : KILLED,
      wasOutOfMemory: false,
    });
  }
  return ends.filter((end) => end.at <= at).sort((one, other) => one.at - other.at)[0];
}

export function factsOf(container: MemoryContainer, at: number): ContainerFacts {
  const { containerId, plan, behaviour, startedAt } = container;
  const state = stateOf(container, at);
  const end = endOf(container, at);
  const health =
    plan.healthCheck === null || startedAt === null ? "none" : behaviour.healthAt((end?.at ?? at) - startedAt);
  return {
    containerId,
    taskId: plan.taskId,
    containerName: plan.containerName,
    role: plan.role,
    state,
    health,
    healthDetail: health === "none" ? "" : behaviour.healthDetail,
    exitCode: end?.exitCode ?? null,
    wasOutOfMemory: end?.wasOutOfMemory ?? false,
    error: container.error,
    startedAt,
    finishedAt: end?.at ?? null,
    address: state === "running" ? container.address : null,
    publishedPorts: state === "running" ? container.publishedPorts : [],
    imageDigest: `sha256:${plan.image}`,
  };
}
