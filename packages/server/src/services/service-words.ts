import type { TaskSetState, TaskState } from "./service-state.ts";

/** Messages of a service's events, in ECS' words. Tasks beyond so many are counted and not named. */
const MAX_NAMED_TASKS = 10;

type Named = Pick<TaskState, "taskId">;

export function startedTasks(serviceName: string, taskSet: TaskSetState, tasks: readonly Named[]): string {
  return `${ofSet(serviceName, taskSet)} has started ${tasks.length} tasks: ${listed(tasks)}.`;
}

export function stoppedTasks(serviceName: string, taskSet: TaskSetState, tasks: readonly Named[]): string {
  return `${ofSet(serviceName, taskSet)} has stopped ${tasks.length} running tasks: ${listed(tasks)}.`;
}

export function drainsTasks(serviceName: string, taskSet: TaskSetState, tasks: readonly Named[]): string {
  return `${ofSet(serviceName, taskSet)} has begun draining connections on ${tasks.length} tasks.`;
}

export function failedTask(serviceName: string, taskSet: TaskSetState, task: TaskState): string {
  return `${ofSet(serviceName, taskSet)} (task ${task.taskId}) stopped: ${endOf(task)}.`;
}

export function steadyTaskSet(serviceName: string, taskSet: TaskSetState): string {
  return `${ofSet(serviceName, taskSet)} has reached a steady state.`;
}

export function inconsistentStarts(serviceName: string, taskSet: TaskSetState): string {
  return `${ofSet(serviceName, taskSet)} is unable to consistently start tasks successfully.`;
}

export function unplacedTasks(serviceName: string, reason: string): string {
  return `(service ${serviceName}) was unable to place a task. Reason: ${reason}.`;
}

/** Why a task ended, without a full stop: its reason, and what its containers ended with. */
export function endOf({ stoppedReason, containers }: Pick<TaskState, "stoppedReason" | "containers">): string {
  const exits = containers.flatMap(({ name, exitCode, reason }) => {
    const words = [
      exitCode === null ? "" : `exit code ${exitCode}`,
      reason === null || reason === stoppedReason ? "" : reason,
    ].filter((word) => word !== "");
    return words.length > 0 ? [`container ${name}: ${words.join(", ")}`] : [];
  });
  const why = (stoppedReason ?? "no reason is known").replace(/\.$/, "");
  return exits.length > 0 ? `${why} (${exits.join("; ")})` : why;
}

function ofSet(serviceName: string, { taskSetId }: TaskSetState): string {
  return `(service ${serviceName}, taskSet ${taskSetId})`;
}

function listed(tasks: readonly Named[]): string {
  const named = tasks.slice(0, MAX_NAMED_TASKS).map(({ taskId }) => `(task ${taskId})`);
  const more = tasks.length - named.length;
  return more > 0 ? `${named.join(" ")} and ${more} more` : named.join(" ");
}
