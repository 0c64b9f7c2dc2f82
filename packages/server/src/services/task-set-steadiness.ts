import type { TaskDefinition } from "../store/columns/task-definition.ts";
import { hasHealthCheck } from "./container-plans.ts";
import type { ServiceState, TaskSetState, TaskState, TaskTarget } from "./service-state.ts";

export interface TaskSetCounts {
  readonly desiredCount: number;
  /** Wanted, and not running yet. */
  readonly pendingCount: number;
  readonly runningCount: number;
}

export interface TaskSetSituation {
  readonly service: Pick<ServiceState, "status" | "desiredCount">;
  readonly taskSet: TaskSetState;
  /** Undefined: it cannot be read. */
  readonly definition: TaskDefinition | undefined;
  /** The set's. */
  readonly tasks: readonly TaskState[];
  /** Null: the task is nobody's target. */
  readonly targetOf: (task: TaskState) => TaskTarget | null;
}

/** How many tasks the set is to have. */
export function desiredCountOf(
  { status, desiredCount }: Pick<ServiceState, "status" | "desiredCount">,
  taskSet: Pick<TaskSetState, "status" | "scalePercent">,
): number {
  if (status !== "ACTIVE" || taskSet.status === "DRAINING") return 0;
  return Math.ceil((desiredCount * taskSet.scalePercent) / 100);
}

/** A task that drains or stops still runs, and is none of those that are wanted. */
export function taskSetCounts({
  service,
  taskSet,
  tasks,
}: Omit<TaskSetSituation, "targetOf" | "definition">): TaskSetCounts {
  const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  const runningCount = wanted.filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  return {
    desiredCount: desiredCountOf(service, taskSet),
    pendingCount: wanted.length - runningCount,
    runningCount,
  };
}

/** What keeps the set from being steady, as a sentence without a full stop; null: it is steady (ECS' STEADY_STATE). */
export function unsteadiness(situation: TaskSetSituation): string | null {
  const { tasks, definition, targetOf } = situation;
  const { desiredCount, pendingCount, runningCount } = taskSetCounts(situation);
  if (pendingCount > 0) return `${pendingCount} of ${desiredCount} tasks are not running yet`;
  if (runningCount !== desiredCount) return `${runningCount} of ${desiredCount} tasks are running`;
  const running = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  const isChecked = definition?.containerDefinitions.some(hasHealthCheck) ?? false;
  const unproved = running.filter((task) => isChecked && !passesContainerChecks(task, definition));
  if (unproved.length > 0) return `the container health checks of ${unproved.length} tasks have not passed`;
  const targets = running.map((task) => ({ task, target: targetOf(task) }));
  const ill = targets.filter(({ target }) => target !== null && target.health !== "healthy");
  const [first] = ill;
  if (!first) return null;
  const { health, detail } = first.target ?? { health: "initial", detail: "" };
  const words = detail === "" ? "" : `: ${detail}`;
  return `${ill.length} of ${desiredCount} tasks are not healthy in their target group (${first.task.taskId} is ${health}${words})`;
}

function passesContainerChecks(task: TaskState, definition: TaskDefinition | undefined): boolean {
  const checked = definition?.containerDefinitions.filter(hasHealthCheck) ?? [];
  return checked.every(({ name }) => {
    const container = task.containers.find((candidate) => candidate.name === name);
    // One that was to end and has ended has nothing to be checked any more.
    return container?.health === "HEALTHY" || container?.lastStatus === "STOPPED";
  });
}
