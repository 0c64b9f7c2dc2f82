import type { TaskContainer } from "../store/columns/ecs-columns.ts";
import type { ContainerDefinition, ContainerDependency, TaskDefinition } from "../store/columns/task-definition.ts";

/** How a container's wait for others stands. `hopeless`: what it waits for will not come about; the reason has no full stop. */
export type Readiness =
  | { readonly kind: "ready" }
  | { readonly kind: "waiting"; readonly until: number | null }
  | { readonly kind: "hopeless"; readonly reason: string };

/** A container of a task as it was last seen. */
export interface SeenContainer extends Pick<TaskContainer, "lastStatus" | "exitCode" | "health"> {
  /** Epoch milliseconds; null: it has not started, or it is gone. */
  readonly startedAt: number | null;
}

/** Whether a container may start, by its `dependsOn`. */
export function readinessOf(
  container: ContainerDefinition,
  definition: TaskDefinition,
  seen: (name: string) => SeenContainer | undefined,
  now: number,
): Readiness {
  const waits = container.dependsOn.map((dependency) => {
    const other = definition.containerDefinitions.find(({ name }) => name === dependency.containerName);
    return dependencyReadiness(container.name, dependency, other, seen(dependency.containerName), now);
  });
  const lost = waits.find(({ kind }) => kind === "hopeless");
  if (lost) return lost;
  const untils = waits.flatMap((wait) => (wait.kind === "waiting" ? [wait.until] : []));
  if (untils.length === 0) return { kind: "ready" };
  const known = untils.filter((until) => until !== null);
  return { kind: "waiting", until: known.length > 0 ? Math.min(...known) : null };
}

function dependencyReadiness(
  name: string,
  { containerName, condition }: ContainerDependency,
  other: ContainerDefinition | undefined,
  seen: SeenContainer | undefined,
  now: number,
): Readiness {
  const hasEnded = seen?.lastStatus === "STOPPED";
  const hasStarted = hasEnded || seen?.lastStatus === "RUNNING";
  const ending = hasEnded ? (seen.exitCode === null ? "is gone" : `exited with code ${seen.exitCode}`) : "";
  if (condition === "START" && hasStarted) return { kind: "ready" };
  if (condition === "COMPLETE" && hasEnded) return { kind: "ready" };
  if (condition === "SUCCESS" && hasEnded) {
    if (seen.exitCode === 0) return { kind: "ready" };
    return hopeless(`${name} depends on the success of ${containerName}, which ${ending}`);
  }
  if (condition === "HEALTHY") {
    if (hasEnded) return hopeless(`${name} depends on ${containerName} being healthy, which ${ending}`);
    if (seen?.health === "HEALTHY") return { kind: "ready" };
  }
  const startTimeout = other?.startTimeout;
  if (startTimeout === undefined || !hasStarted || seen.startedAt === null) return { kind: "waiting", until: null };
  const until = seen.startedAt + startTimeout * 1_000;
  if (now < until) return { kind: "waiting", until };
  const words = `was not ${condition} within its startTimeout of ${startTimeout} seconds`;
  return hopeless(`${name} depends on ${containerName}, which ${words}`);
}

function hopeless(reason: string): Readiness {
  return { kind: "hopeless", reason };
}

/** Those of `running` that none of the others needs any more: what depends on a container ends before it. */
export function nextToStop(running: readonly string[], { containerDefinitions }: TaskDefinition): readonly string[] {
  return running.filter((name) => {
    const dependents = containerDefinitions.filter(({ dependsOn }) =>
      dependsOn.some(({ containerName }) => containerName === name),
    );
    return !dependents.some((dependent) => dependent.name !== name && running.includes(dependent.name));
  });
}
