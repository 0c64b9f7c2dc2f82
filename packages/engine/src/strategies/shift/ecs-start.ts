import type { EcsServicePlan } from "../../event.ts";
import type { TaskSet } from "../../ports/task-sets.ts";
import { weightsOfPair } from "../../ports/weighted-router.ts";
import type { DeploymentError } from "../../state.ts";
import { missingHookError, uncheckedHooks } from "./hook-start.ts";
import { noTasksMessage } from "./no-tasks.ts";
import { ECS_PLAN, ECS_WITH_LEAVE_PLAN, SHIFT_BACK_PLAN } from "./shift-events.ts";
import type { EcsFacts } from "./shift-facts.ts";
import { withSentence } from "./shift-messages.ts";
import { type EcsBlueGreen, type EcsRollback, ecsTargetId, otherGroup } from "./shift-strategies.ts";
import { taskDefinitionError, uncheckedTaskDefinition } from "./task-definition-start.ts";

export type EcsStart =
  | { readonly error: DeploymentError }
  | { readonly target: EcsServicePlan; readonly warnings?: readonly string[] };

/** What keeps an ECS deployment from starting, or the service as it starts from it. */
export function ecsStart(strategy: EcsBlueGreen, facts: EcsFacts): EcsStart {
  const { service, traffic, hooks, taskDefinition } = facts;
  const { pair, readyWaitMilliseconds } = strategy;
  const { clusterName, serviceName } = strategy.service;
  const name = ecsTargetId(strategy.service);
  if (!service) return invalidService(`There is no service ${name}.`);
  if (service.controller !== "CODE_DEPLOY") {
    return invalidService(
      `Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller. The controller of ${name} is ${service.controller}.`,
    );
  }
  if (service.scheduling === "DAEMON") {
    return invalidService(
      `The service ${name} is a DAEMON service, which runs one task a machine and has no task sets to take turns. Create it with the scheduling strategy REPLICA.`,
    );
  }
  const original = service.taskSets.find(({ status }) => status === "PRIMARY");
  if (!original) return invalidService(`The service ${name} has no primary task set to replace.`);
  const { targetGroup } = original;
  if (targetGroup === null || !pair.targetGroups.includes(targetGroup)) {
    return invalidBalancer(
      `Primary taskset target group must be behind listener ${pair.productionListener}. The task set ${original.taskSetId} of ${name} is behind ${targetGroup ?? "no target group"}, and the group's pair is ${pair.targetGroups.join(" and ")}.`,
    );
  }
  if (traffic.outcome === "unusable") return invalidBalancer(`The load balancer cannot be used: ${traffic.reason}.`);
  if (traffic.protocol === "network" && strategy.schedule.type !== "all-at-once") {
    return invalidBalancer(
      `The listener ${pair.productionListener} is of a Network Load Balancer, which moves all traffic at once. Deploy with the configuration CodeDeployDefault.ECSAllAtOnce.`,
    );
  }
  const replacementGroup = otherGroup(pair, targetGroup);
  const percent = traffic.production.find((one) => one.targetGroup === replacementGroup)?.percent ?? 0;
  if (percent > 0) {
    const [first, second] = weightsOfPair(pair, replacementGroup, percent);
    return invalidBalancer(
      `Green taskset target group cannot have non-zero weight prior to traffic shifting. The production listener sends ${first.percent} % to ${first.targetGroup} and ${second.percent} % to ${second.targetGroup}, and the service's tasks are behind ${targetGroup} alone. Send all of it there (aws elbv2 modify-listener or modify-rule), and deploy again.`,
    );
  }
  // Only now: while it has traffic it must not be deleted.
  const left = service.taskSets.find((one) => one !== original && one.targetGroup === replacementGroup);
  if (left) return invalidService(leftBehind(left, replacementGroup, strategy.service));
  const error = taskDefinitionError(strategy.taskSet, taskDefinition) ?? missingHookError(hooks);
  if (error) return { error };
  const warnings = [
    ...(service.desiredCount === 0 ? [noTasksMessage(strategy.service)] : []),
    ...uncheckedTaskDefinition(strategy.taskSet, taskDefinition),
    ...uncheckedHooks(hooks),
  ];
  return {
    target: {
      type: "ecs-service",
      targetId: name,
      clusterName,
      serviceName,
      originalTaskSetId: original.taskSetId,
      originalTargetGroup: targetGroup,
      replacementTaskSetId: null,
      lifecycleEvents: readyWaitMilliseconds === null ? ECS_PLAN : ECS_WITH_LEAVE_PLAN,
    },
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** What keeps an ECS deployment from being rolled back, or the service as the way back starts from it. */
export function ecsBackStart(strategy: EcsRollback, { service, traffic }: EcsFacts): EcsStart {
  const { originalTaskSetId, originalTargetGroup, replacementTaskSetId, failedDeploymentId } = strategy;
  const { clusterName, serviceName } = strategy.service;
  const name = ecsTargetId(strategy.service);
  if (!service?.taskSets.some(({ taskSetId, status }) => taskSetId === originalTaskSetId && status !== "DRAINING")) {
    return invalidService(
      `The original task set ${originalTaskSetId} of ${name} is gone: there is nothing to go back to. Deploy the revision that you want.`,
    );
  }
  if (traffic.outcome === "unusable") return invalidBalancer(`The load balancer cannot be used: ${traffic.reason}.`);
  // The deployment may have ended before it knew what it had made.
  const made = service.taskSets.find(({ externalId }) => externalId === failedDeploymentId);
  return {
    target: {
      type: "ecs-service",
      targetId: name,
      clusterName,
      serviceName,
      originalTaskSetId,
      originalTargetGroup,
      replacementTaskSetId: replacementTaskSetId ?? made?.taskSetId ?? null,
      lifecycleEvents: SHIFT_BACK_PLAN,
    },
  };
}

function leftBehind(
  { taskSetId, externalId, status }: TaskSet,
  targetGroup: string,
  { clusterName, serviceName }: EcsBlueGreen["service"],
): string {
  const by = externalId === null ? "" : ` of ${externalId}`;
  const where = `The task set ${taskSetId}${by} is behind ${targetGroup}, where the replacement is to be`;
  const service = `--cluster ${clusterName} --service ${serviceName}`;
  return status === "DRAINING"
    ? `${where}. It is being deleted: deploy again when it is gone (aws ecs describe-task-sets ${service}).`
    : `${where}. Delete it, and deploy again: aws ecs delete-task-set ${service} --task-set ${taskSetId} --force`;
}

function invalidService(message: string): EcsStart {
  return { error: { code: "INVALID_ECS_SERVICE", message } };
}

function invalidBalancer(message: string): EcsStart {
  const code = "ELASTIC_LOAD_BALANCING_INVALID";
  return { error: { code, message: withSentence(code, message) } };
}
