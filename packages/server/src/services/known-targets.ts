import { deregistrationDelaySeconds } from "../balancing/target-group-attributes.ts";
import type { TargetHealth } from "../balancing/target-health.ts";
import { taskSetsOfServices } from "../store/ecs/task-sets.ts";
import { readTargetGroups } from "../store/elb/target-groups.ts";
import type { Store } from "../store/open-store.ts";
import type { TaskSetState, TaskState, TaskTarget } from "./service-state.ts";

export type TargetOf = (taskSet: TaskSetState, task: TaskState) => TaskTarget | null;

/**
 * What the balancer knows of the service's tasks as targets of their task sets' groups. Which groups there are is read once, now;
 * what is known of a task is read when it is asked for.
 */
export async function readTargets(store: Store, targets: TargetHealth, serviceId: string): Promise<TargetOf> {
  const taskSets = await taskSetsOfServices(store.db, [serviceId]);
  const arns = new Set(taskSets.flatMap(({ target_group_arn: arn }) => (arn === null ? [] : [arn])));
  const groups = targets.isThere && arns.size > 0 ? await readTargetGroups(store.db) : [];
  const delays = new Map(groups.map((group) => [group.arn, deregistrationDelaySeconds(group)]));
  return ({ targetGroupArn }, { taskId }) => {
    const drainSeconds = targetGroupArn === null ? undefined : delays.get(targetGroupArn);
    if (targetGroupArn === null || drainSeconds === undefined) return null;
    const { state, detail } = targets.ofTask(targetGroupArn, taskId);
    return {
      targetGroupArn,
      health: state === "healthy" || state === "unhealthy" ? state : "initial",
      detail,
      sessionsLeft: targets.isDrained(targetGroupArn, taskId) ? 0 : null,
      drainSeconds,
    };
  };
}
