import { backOffUntil } from "./back-off.ts";
import type { ServiceState, TaskSetState, TaskState } from "./service-state.ts";
import type { TaskEnd } from "./task-end.ts";
import { desiredCountOf } from "./task-set-steadiness.ts";

export interface TaskCountPlan {
  /** Tasks to make now. */
  readonly missing: number;
  /** Tasks that are too many. */
  readonly surplus: readonly { readonly task: TaskState; readonly end: TaskEnd }[];
  /** When the back-off is over; null: there is none. */
  readonly wakeAt: number | null;
}

/** Brings a task set to its desired count. Tasks that drain or stop already are not counted. */
export function planTaskCount(
  service: ServiceState,
  taskSet: TaskSetState,
  tasks: readonly TaskState[],
  now: number,
): TaskCountPlan {
  const desired = desiredCountOf(service, taskSet);
  const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  if (wanted.length >= desired) {
    const surplus = [...wanted].sort(leastUseful).slice(0, wanted.length - desired);
    const end = surplusEnd(service, taskSet);
    return { missing: 0, surplus: surplus.map((task) => ({ task, end })), wakeAt: null };
  }
  const until = backOffUntil(tasks, now);
  if (until !== null && now < until) return { missing: 0, surplus: [], wakeAt: until };
  return { missing: desired - wanted.length, surplus: [], wakeAt: null };
}

/** Those that do not serve yet first, then those that are ill, then the youngest. */
function leastUseful(one: TaskState, other: TaskState): number {
  return usefulness(one) - usefulness(other) || other.createdAt - one.createdAt || (one.taskId > other.taskId ? -1 : 1);
}

function usefulness({ lastStatus, health }: TaskState): number {
  if (lastStatus !== "RUNNING") return 0;
  return health === "UNHEALTHY" ? 1 : 2;
}

function surplusEnd({ status }: ServiceState, taskSet: TaskSetState): TaskEnd {
  const why =
    status !== "ACTIVE"
      ? "Service was deleted"
      : taskSet.status === "DRAINING"
        ? `Task set ${taskSet.taskSetId} was deleted`
        : `Scaling activity initiated by (deployment ${taskSet.taskSetId})`;
  return { stopCode: "ServiceSchedulerInitiated", stoppedReason: why };
}
