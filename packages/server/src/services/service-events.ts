import type { TaskSetState, TaskState } from "./service-state.ts";
import {
  drainsTasks,
  failedTask,
  inconsistentStarts,
  startedTasks,
  steadyTaskSet,
  stoppedTasks,
} from "./service-words.ts";
import { isFailedEnd } from "./task-end.ts";

/** So many failed tasks in a row are told of as such. */
const INCONSISTENT_FAILURES = 3;

/** A task set with its tasks before and after one turn of the planner. */
export interface TaskSetTurn {
  readonly taskSet: TaskSetState;
  readonly next: TaskSetState;
  readonly made: readonly TaskState[];
  readonly changed: readonly TaskChange[];
}

export interface TaskChange {
  readonly before: TaskState;
  readonly after: TaskState;
}

/** What is told of a turn, in the order in which it came about. */
export function eventsOfTurn(serviceName: string, { taskSet, next, made, changed }: TaskSetTurn): readonly string[] {
  const became = (isSo: (task: TaskState) => boolean) =>
    changed.filter(({ before, after }) => !isSo(before) && isSo(after)).map(({ after }) => after);
  const failed = became(isFailedEnd);
  const draining = became(({ drainingSince }) => drainingSince !== null);
  const stopped = became(({ stoppedAt }) => stoppedAt !== null).filter((task) => !isFailedEnd(task));
  const isInconsistent = taskSet.failedTasks < INCONSISTENT_FAILURES && next.failedTasks >= INCONSISTENT_FAILURES;
  return [
    ...failed.map((task) => failedTask(serviceName, taskSet, task)),
    ...(isInconsistent ? [inconsistentStarts(serviceName, taskSet)] : []),
    ...(draining.length > 0 ? [drainsTasks(serviceName, taskSet, draining)] : []),
    ...(stopped.length > 0 ? [stoppedTasks(serviceName, taskSet, stopped)] : []),
    ...(made.length > 0 ? [startedTasks(serviceName, taskSet, made)] : []),
    ...(taskSet.stability !== next.stability && next.stability === "STEADY_STATE" && next.status !== "DRAINING"
      ? [steadyTaskSet(serviceName, taskSet)]
      : []),
  ];
}
