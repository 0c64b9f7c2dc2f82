import type { EcsService, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import type { PortAnswer } from "./port-attempt.ts";

/** Between two looks at a task set that is not steady yet. */
const STEADY_LOOK_MILLISECONDS = 2_000;

/** Done when all tasks of the set run. */
export async function steadiness(
  taskSets: TaskSets,
  service: EcsService,
  taskSetId: string,
  signal: AbortSignal,
): Promise<PortAnswer> {
  const facts = await taskSets.describe(service, signal);
  const taskSet = facts?.taskSets.find((one) => one.taskSetId === taskSetId);
  if (!taskSet) return { outcome: "failed", reason: `the task set ${taskSetId} is gone` };
  if (taskSet.isSteady) return { outcome: "done" };
  const { runningCount, desiredCount, detail } = taskSet;
  const count = `${runningCount} of ${desiredCount} tasks of the task set ${taskSetId} run`;
  return {
    outcome: "pending",
    retryAfterMilliseconds: STEADY_LOOK_MILLISECONDS,
    detail: detail === "" ? count : `${count}: ${detail}`,
  };
}
