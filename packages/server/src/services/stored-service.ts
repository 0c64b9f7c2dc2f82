import { SERVICE_DEFINITION, TASK_CONTAINERS } from "../store/columns/ecs-columns.ts";
import type { ServiceRow } from "../store/ecs/services.ts";
import type { TaskSetRow } from "../store/ecs/task-sets.ts";
import type { TaskRow } from "../store/ecs/tasks.ts";
import type { ServiceState, StopCode, TaskSetState, TaskState } from "./service-state.ts";

/** Rows, as the planner sees them, and back. Each throws an `UnreadableColumn` that names the row. */
export function serviceOf(row: ServiceRow): ServiceState {
  return {
    serviceId: row.service_id,
    serviceName: row.service_name,
    status: row.status,
    desiredCount: row.desired_count,
    healthCheckGraceSeconds: SERVICE_DEFINITION.read(row).healthCheckGracePeriodSeconds ?? 0,
  };
}

export function taskSetOf(row: TaskSetRow): TaskSetState {
  return {
    taskSetId: row.task_set_id,
    status: row.status,
    taskDefinitionArn: row.task_definition_arn,
    targetGroupArn: row.target_group_arn,
    containerPort: row.container_port,
    scalePercent: row.scale_percent,
    createdAt: row.created_at,
    stability: row.stability,
    failedTasks: row.failed_tasks,
  };
}

export function taskOf(row: TaskRow): TaskState {
  return {
    taskId: row.task_id,
    taskSetId: row.task_set_id,
    taskDefinitionArn: row.task_definition_arn,
    desiredStatus: row.desired_status,
    lastStatus: row.last_status,
    health: row.health,
    address: row.address,
    createdAt: row.created_at,
    pullStartedAt: row.pull_started_at,
    startedAt: row.started_at,
    drainingSince: row.draining_since,
    stoppingAt: row.stopping_at,
    stoppedAt: row.stopped_at,
    stopCode: row.stop_code as StopCode | null,
    stoppedReason: row.stopped_reason,
    containers: TASK_CONTAINERS.read(row),
  };
}

export function rowOfTask(task: TaskState, service: Pick<ServiceRow, "service_id" | "cluster_name">): TaskRow {
  return {
    task_id: task.taskId,
    cluster_name: service.cluster_name,
    service_id: service.service_id,
    task_set_id: task.taskSetId,
    task_definition_arn: task.taskDefinitionArn,
    desired_status: task.desiredStatus,
    last_status: task.lastStatus,
    health: task.health,
    address: task.address,
    created_at: task.createdAt,
    pull_started_at: task.pullStartedAt,
    started_at: task.startedAt,
    draining_since: task.drainingSince,
    stopping_at: task.stoppingAt,
    stopped_at: task.stoppedAt,
    stop_code: task.stopCode,
    stopped_reason: task.stoppedReason,
    containers_json: TASK_CONTAINERS.write(task.containers),
  };
}
