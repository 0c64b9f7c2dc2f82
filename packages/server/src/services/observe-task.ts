import type { ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import type { TaskContainer } from "../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../store/columns/task-definition.ts";
import type { SeenContainer } from "./container-order.ts";
import { hasHealthCheck, SANDBOX_NAME } from "./container-plans.ts";
import type { TaskState } from "./service-state.ts";

/** In ECS' words. */
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";
/** Ours: ECS has no such case. A person removed it, the engine lost its data, or another server has it since a backup was restored. */
const GONE = "the container engine does not have it any more";

export type FactsOf = (containerName: string) => ContainerFacts | undefined;

/** The task with what the engine says of its containers now. What is gone from the engine stays as it was last seen, and has ended. */
export function observeTask(
  task: TaskState,
  definition: TaskDefinition,
  factsOf: FactsOf,
  startFailures: ReadonlyMap<string, string>,
): TaskState {
  const containers = task.containers.map((container) => {
    const seen = observeContainer(container, factsOf(container.name));
    return { ...seen, reason: startFailures.get(container.name) ?? seen.reason };
  });
  const network = factsOf(SANDBOX_NAME) ?? factsOf(definition.containerDefinitions[0]?.name ?? "");
  return { ...task, containers, address: network?.address ?? task.address, health: healthOf(containers, definition) };
}

function observeContainer(container: TaskContainer, facts: ContainerFacts | undefined): TaskContainer {
  if (!facts) {
    if (container.runtimeId === null) return container;
    const reason = container.lastStatus === "STOPPED" ? container.reason : (container.reason ?? GONE);
    return { ...container, lastStatus: "STOPPED", health: "UNKNOWN", reason };
  }
  return {
    ...container,
    runtimeId: facts.containerId,
    imageDigest: facts.imageDigest === "" ? container.imageDigest : facts.imageDigest,
    lastStatus: STATUS_OF[facts.state],
    exitCode: facts.exitCode,
    reason: facts.wasOutOfMemory ? OUT_OF_MEMORY : container.reason,
    health: facts.state === "running" ? HEALTH_OF[facts.health] : container.health,
    publishedPorts: facts.publishedPorts.length > 0 ? facts.publishedPorts : container.publishedPorts,
  };
}

/** The containers of a task that was observed, by name. */
export function seenIn({ containers }: TaskState, factsOf: FactsOf): (name: string) => SeenContainer | undefined {
  return (name) => {
    const container = containers.find((candidate) => candidate.name === name);
    return container && { ...container, startedAt: factsOf(name)?.startedAt ?? null };
  };
}

const STATUS_OF = { created: "PENDING", running: "RUNNING", exited: "STOPPED" } as const;
const HEALTH_OF = { none: "UNKNOWN", starting: "UNKNOWN", healthy: "HEALTHY", unhealthy: "UNHEALTHY" } as const;

/** Of the containers that have a health check: one essential one that fails it is the task's. */
function healthOf(containers: readonly TaskContainer[], { containerDefinitions }: TaskDefinition): TaskState["health"] {
  const checked = containerDefinitions.filter((container) => container.essential && hasHealthCheck(container));
  const healths = checked.map(({ name }) => containers.find((container) => container.name === name)?.health);
  if (healths.includes("UNHEALTHY")) return "UNHEALTHY";
  return healths.length > 0 && healths.every((health) => health === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
}
