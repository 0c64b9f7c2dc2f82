import type { EffectReport } from "../../effect-report.ts";
import type { DeploymentEvent } from "../../event.ts";
import type { EcsService } from "../../ports/task-sets.ts";
import type { AtWork } from "./phase.ts";

/** A service that is scaled to 0 is deployed to as any other, and as on AWS; that nothing of it runs is said. */
export function noTasksMessage({ clusterName, serviceName }: EcsService): string {
  return `The desired count of the service ${clusterName}:${serviceName} is 0: no task runs, so nothing shows whether the new revision works, and nothing answers requests. To have tasks: aws ecs update-service --cluster ${clusterName} --service ${serviceName} --desired-count 1`;
}

/** Of a deployment that gives all traffic to a task set without a task. */
export function nothingServesMessage(taskSetId: string): string {
  return `All traffic was given to the task set ${taskSetId}, which ran no task at that time: nothing answered.`;
}

/** What reports on steps of a shift show of a replacement that is steady with no task. A linear shift says it once, and at its end. */
export function tellNoTasks(
  { state, target }: AtWork,
  reports: readonly EffectReport[],
  percent: number,
): readonly DeploymentEvent[] {
  if (target.type !== "ecs-service" || !reports.some(({ runsNothing }) => runsNothing)) return [];
  const messages = [noTasksMessage(target)];
  if (percent === 100) messages.push(nothingServesMessage(target.replacementTaskSetId ?? ""));
  return messages
    .filter((message) => !state.statusMessages.includes(message))
    .map((message) => ({ type: "statusMessageAdded", message }));
}
