import type { EcsService, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { PortAnswer } from "./port-attempt.ts";

/** Between two looks at a task set that is not steady yet. */
const STEADY_LOOK_MILLISECONDS = 2_000;

/** How far a task set is. */
type Steadiness = PortAnswer & {
  /** Of one that is not steady: its tasks that ended although they were wanted. */
  readonly failedTasks?: number;
};

/** Done when all tasks of the set run, also where the service is to have none. A set that alone has none is not as large as its service. */
export async function steadiness(
  taskSets: TaskSets,
  service: EcsService,
  taskSetId: string,
  signal: AbortSignal,
): Promise<Steadiness> {
  const facts = await taskSets.describe(service, signal);
  const taskSet = facts?.taskSets.find((one) => one.taskSetId === taskSetId);
  if (!taskSet) return { outcome: "failed", reason: `the task set ${taskSetId} is gone` };
  const wanted = facts?.desiredCount ?? 0;
  if (taskSet.isSteady && wanted === 0) return { outcome: "done", runsNothing: true };
  if (taskSet.isSteady && taskSet.desiredCount > 0) return { outcome: "done" };
  const { runningCount, desiredCount, failedTasks, detail } = taskSet;
  const stopped = failedTasks === 0 ? "" : `, and ${failedTasks} stopped though they were wanted`;
  const ofService = desiredCount === 0 ? `, and the service is to have ${wanted}` : "";
  const count = `${runningCount} of ${desiredCount} tasks of the task set ${taskSetId} run${ofService}${stopped}`;
  return {
    outcome: "pending",
    retryAfterMilliseconds: STEADY_LOOK_MILLISECONDS,
    detail: detail === "" ? count : `${count}: ${detail}`,
    failedTasks,
  };
}
