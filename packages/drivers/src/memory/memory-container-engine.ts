import type {
  ContainerEngine,
  ContainerFacts,
  ContainerPlan,
  LogLine,
  LogQuery,
  PublishedPort,
} from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { Driver, NoSettings } from "../driver.ts";
import {
  factsOf,
  type MemoryBehaviour,
  type MemoryContainer,
  newMemoryBehaviour,
  newMemoryContainer,
  stateOf,
} from "./memory-container.ts";

export interface MemoryContainerEngineDependencies {
  /** In the order in which they were made: what an engine keeps while Sluice starts again. */
  readonly containers: MemoryContainer[];
  /** Asked once for each container; undefined: there is no such image. */
  readonly behave: (plan: ContainerPlan) => MemoryBehaviour | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Why the engine cannot be reached; undefined: it can. Asked at every call. */
  readonly trouble?: (() => string | undefined) | undefined;
  /** Whoever watches. The test calls each when time or a change of its own made a difference. */
  readonly watchers?: Set<() => void> | undefined;
}

const RETRY_AFTER_MILLISECONDS = 10;
const FIRST_FREE_PORT = 32_768;
/** A container engine in memory, for tests and simulations. Nothing in it moves by itself: what is so follows from `now`. */
export const memoryContainerEngine: Driver<
  "container-engine",
  NoSettings,
  MemoryContainerEngineDependencies,
  ContainerEngine
> = {
  port: "container-engine",
  name: "memory",
  create: (_settings, dependencies) => {
    const { containers, now, trouble, watchers } = dependencies;
    /** By image: when it began to be pulled. */
    const pulls = new Map<string, number>();
    const enter = (signal: AbortSignal) => {
      signal.throwIfAborted();
      const reason = trouble?.();
      if (reason !== undefined) throw new Error(reason);
    };
    const found = (containerId: string) => containers.find((container) => container.containerId === containerId);
    const tell = () => {
      for (const watcher of watchers ?? []) watcher();
    };
    return {
      list: async (signal) => {
        enter(signal);
        return containers.map((container) => factsOf(container, now()));
      },
      start: async (plan, signal) => {
        enter(signal);
        return start(plan, pulls, tell, dependencies);
      },
      stop: async (containerId, signal) => {
        enter(signal);
        return stop(found(containerId), now(), tell);
      },
      remove: async (containerId, signal) => {
        enter(signal);
        const container = found(containerId);
        if (!container) return { outcome: "done" };
        if (stateOf(container, now()) === "running") {
          return { outcome: "failed", reason: `the container ${containerId} is running` };
        }
        containers.splice(containers.indexOf(container), 1);
        tell();
        return { outcome: "done" };
      },
      logs: async (containerId, query, signal) => {
        enter(signal);
        return select(found(containerId)?.lines ?? [], query);
      },
      watch: async (onChange, signal) => {
        if (signal.aborted) return;
        watchers?.add(onChange);
        onChange();
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        watchers?.delete(onChange);
      },
    };
  },
};

function start(
  plan: ContainerPlan,
  pulls: Map<string, number>,
  tell: () => void,
  { containers, behave, now }: MemoryContainerEngineDependencies,
): PortOutcome {
  const { taskId, containerName, image, network } = plan;
  const containerId = `${taskId}/${containerName}`;
  let container = containers.find((candidate) => candidate.containerId === containerId);
  if (container && container.startedAt !== null) return { outcome: "done" };
  if (!container) {
    const behaviour = plan.role === "sandbox" ? newMemoryBehaviour() : behave(plan);
    if (!behaviour) return { outcome: "failed", reason: `CannotPullContainerError: no such image: ${image}` };
    const pullBeganAt = pulls.get(image) ?? now();
    pulls.set(image, pullBeganAt);
    if (now() < pullBeganAt + behaviour.pullMilliseconds) {
      return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail: `pulling ${image}` };
    }
    container = newMemoryContainer(containerId, plan, behaviour);
    containers.push(container);
  }
  const others = containers.filter((candidate) => candidate !== container).map((other) => factsOf(other, now()));
  container.error = startErrorOf(container, others);
  if (container.error !== "") {
    tell();
    return { outcome: "failed", reason: container.error };
  }
  container.startedAt = now();
  if (network.kind === "own") {
    container.address = freeAddress(others);
    container.publishedPorts = publish(network.publishedPorts, others);
  }
  for (const line of container.behaviour.writes) container.lines.push({ at: now(), ...line });
  tell();
  return { outcome: "done" };
}

function startErrorOf({ plan, behaviour }: MemoryContainer, others: readonly ContainerFacts[]): string {
  if (behaviour.startError !== null) return behaviour.startError;
  const { taskId, network } = plan;
  if (network.kind === "of-task") {
    const isNetwork = (other: ContainerFacts) =>
      other.taskId === taskId && other.role === "sandbox" && other.state === "running";
    if (others.some(isNetwork)) return "";
    return `ResourceInitializationError: the network of the task ${taskId} is not there`;
  }
  const taken = takenPorts(others);
  const wanted = network.publishedPorts.find(({ hostPort }) => taken.has(hostPort));
  return wanted ? `CannotStartContainerError: the port ${wanted.hostPort} is taken` : "";
}

function takenPorts(others: readonly ContainerFacts[]): ReadonlySet<number> {
  return new Set(others.flatMap(({ publishedPorts }) => publishedPorts.map(({ hostPort }) => hostPort)));
}

function publish(ports: readonly PublishedPort[], others: readonly ContainerFacts[]): PublishedPort[] {
  const taken = new Set([...takenPorts(others), ...ports.map(({ hostPort }) => hostPort)]);
  let free = FIRST_FREE_PORT;
  return ports.map((port) => {
    if (port.hostPort !== 0) return port;
    while (taken.has(free)) free += 1;
    taken.add(free);
    return { ...port, hostPort: free };
  });
}

function freeAddress(others: readonly ContainerFacts[]): string {
  const taken = new Set(others.map(({ address }) => address));
  for (let number = 2; ; number += 1) {
    const address = `10.0.${Math.floor(number / 256)}.${number % 256}`;
    if (!taken.has(address)) return address;
  }
}

function stop(container: MemoryContainer | undefined, at: number, tell: () => void): PortOutcome {
  if (!container || stateOf(container, at) !== "running") return { outcome: "done" };
  if (container.stopAskedAt === null) {
    container.stopAskedAt = at;
    tell();
  }
  if (stateOf(container, at) !== "running") return { outcome: "done" };
  return { outcome: "pending", retryAfterMilliseconds: RETRY_AFTER_MILLISECONDS, detail: "it has been asked to end" };
}

function select(lines: readonly LogLine[], { tailLines, since = Number.NEGATIVE_INFINITY }: LogQuery): LogLine[] {
  const later = lines.filter(({ at }) => at > since);
  return later.slice(Math.max(0, later.length - tailLines));
}
