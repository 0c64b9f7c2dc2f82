import type { Deployment, LoadBalancer, TaskSet } from "@aws-sdk/client-ecs";
import { clusterArn, ecsServiceArn, taskSetArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { desiredCountOf } from "../../../services/task-set-steadiness.ts";
import { TASK_SET_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import type { ServiceRow } from "../../../store/ecs/services.ts";
import type { TaskSetRow } from "../../../store/ecs/task-sets.ts";
import type { TaskCounts } from "../../../store/ecs/tasks.ts";
import { shownNetwork } from "../checks/network-input.ts";

export interface TaskSetParts {
  readonly service: ServiceRow;
  readonly taskSet: TaskSetRow;
  readonly counts: TaskCounts;
}

export function taskSetView({ service, taskSet, counts }: TaskSetParts, scope: ArnScope, hasTags = false): TaskSet {
  const { cluster_name: clusterName, service_name: serviceName } = service;
  const definition = TASK_SET_DEFINITION.read(taskSet);
  return {
    id: taskSet.task_set_id,
    taskSetArn: taskSetArn(scope, clusterName, { serviceName, taskSetId: taskSet.task_set_id }),
    serviceArn: ecsServiceArn(scope, clusterName, serviceName),
    clusterArn: clusterArn(scope, clusterName),
    startedBy: definition.startedBy || undefined,
    externalId: taskSet.external_id ?? undefined,
    status: taskSet.status,
    taskDefinition: taskSet.task_definition_arn,
    computedDesiredCount: computedCount(service, taskSet),
    pendingCount: counts.pending,
    runningCount: counts.running,
    createdAt: new Date(taskSet.created_at),
    updatedAt: new Date(taskSet.updated_at),
    launchType: definition.launchType,
    ...shownNetwork(definition.network),
    loadBalancers: loadBalancersOf(taskSet),
    serviceRegistries: [],
    scale: { value: taskSet.scale_percent, unit: "PERCENT" },
    stabilityStatus: taskSet.stability,
    stabilityStatusAt: new Date(taskSet.stability_at),
    tags: hasTags ? [...definition.tags] : [],
  };
}

/**
 * The primary task set as a deployment of the service. AWS shows none under CODE_DEPLOY, so that its waiter `services-stable`, which asks for
 * one, never ends there.
 */
export function primaryDeployment({ service, taskSet, counts }: TaskSetParts): Deployment {
  const isSteady = taskSet.stability === "STEADY_STATE";
  return {
    id: taskSet.task_set_id,
    status: "PRIMARY",
    taskDefinition: taskSet.task_definition_arn,
    desiredCount: computedCount(service, taskSet),
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: taskSet.failed_tasks,
    createdAt: new Date(taskSet.created_at),
    updatedAt: new Date(taskSet.updated_at),
    launchType: TASK_SET_DEFINITION.read(taskSet).launchType,
    rolloutState: isSteady ? "COMPLETED" : "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${taskSet.task_set_id} ${isSteady ? "completed" : "in progress"}.`,
  };
}

function computedCount(service: ServiceRow, taskSet: TaskSetRow): number {
  return desiredCountOf(
    { status: service.status, desiredCount: service.desired_count },
    { status: taskSet.status, scalePercent: taskSet.scale_percent },
  );
}

function loadBalancersOf(row: TaskSetRow): LoadBalancer[] {
  const { target_group_arn: targetGroupArn, container_name: containerName, container_port: containerPort } = row;
  if (targetGroupArn === null || containerName === null || containerPort === null) return [];
  return [{ targetGroupArn, containerName, containerPort }];
}
