import type { TaskState } from "./service-state.ts";
import { isFailedEnd } from "./task-end.ts";

const FIRST_BACK_OFF_MILLISECONDS = 1_000;
const LONGEST_BACK_OFF_MILLISECONDS = 60_000;
/** A task that ran for so long was no failed start: what fails after it starts from the first back-off. */
export const STEADY_TASK_MILLISECONDS = 60_000;

/**
 * Until when a task set makes no new task after tasks of it failed; null: none failed, or one was well since. Tasks that fail together are
 * one failure: what counts is how often tasks were made again in vain.
 */
export function backOffUntil(tasks: readonly TaskState[], now: number): number | null {
  const wellAt = Math.max(...tasks.map((task) => steadySince(task, now)), Number.NEGATIVE_INFINITY);
  const failures = tasks
    .filter(isFailedEnd)
    .map((task) => ({ createdAt: task.createdAt, failedAt: failedAt(task) }))
    .filter((failure) => failure.failedAt > wellAt)
    .sort((one, other) => one.failedAt - other.failedAt);
  let rounds = 0;
  let roundFailedAt = Number.NEGATIVE_INFINITY;
  for (const failure of failures) {
    if (failure.createdAt <= roundFailedAt) continue;
    rounds += 1;
    roundFailedAt = failure.failedAt;
  }
  const newest = failures.at(-1);
  if (!newest) return null;
  return newest.failedAt + Math.min(LONGEST_BACK_OFF_MILLISECONDS, FIRST_BACK_OFF_MILLISECONDS * 2 ** (rounds - 1));
}

/** Since when it counts as one that was well. */
function steadySince(task: TaskState, now: number): number {
  if (task.startedAt === null) return Number.NEGATIVE_INFINITY;
  const steadyAt = task.startedAt + STEADY_TASK_MILLISECONDS;
  const endedAt = task.desiredStatus === "STOPPED" ? failedAt(task) : now;
  return endedAt >= steadyAt ? steadyAt : Number.NEGATIVE_INFINITY;
}

function failedAt({ drainingSince, stoppingAt, createdAt }: TaskState): number {
  return drainingSince ?? stoppingAt ?? createdAt;
}
