import type { Container, Task } from "@aws-sdk/client-ecs";
import { clusterArn, taskArn } from "@sluice/model/ecs-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { TASK_CONTAINERS, type TaskContainer } from "../../../store/columns/ecs-columns.ts";
import type { TaskDefinition } from "../../../store/columns/task-definition.ts";
import type { TaskRow } from "../../../store/ecs/tasks.ts";

/** What a task's row does not say. */
export interface TaskParts {
  readonly serviceName: string | undefined;
  readonly launchType: "EC2" | "FARGATE" | undefined;
  readonly definition: TaskDefinition | undefined;
}

/** Published ports are on the loopback of the engine's machine. */
const LOOPBACK = "127.0.0.1";

export function taskView(row: TaskRow, { serviceName, launchType, definition }: TaskParts, scope: ArnScope): Task {
  const arn = taskArn(scope, row.cluster_name, row.task_id);
  return {
    taskArn: arn,
    clusterArn: clusterArn(scope, row.cluster_name),
    taskDefinitionArn: row.task_definition_arn,
    attachments: [],
    attributes: [],
    containers: TASK_CONTAINERS.read(row).map((container) => containerView(container, arn, row.address)),
    cpu: definition?.cpu,
    memory: definition?.memory,
    createdAt: new Date(row.created_at),
    desiredStatus: row.desired_status,
    enableExecuteCommand: false,
    group: serviceName === undefined ? undefined : `service:${serviceName}`,
    healthStatus: row.health,
    lastStatus: row.last_status,
    launchType,
    overrides: { containerOverrides: [] },
    pullStartedAt: time(row.pull_started_at),
    startedAt: time(row.started_at),
    startedBy: row.task_set_id,
    stopCode: (row.stop_code as Task["stopCode"]) ?? undefined,
    stoppedReason: row.stopped_reason ?? undefined,
    stoppingAt: time(row.stopping_at),
    stoppedAt: time(row.stopped_at),
    tags: [],
  };
}

function containerView(container: TaskContainer, arn: string, address: string | null): Container {
  return {
    taskArn: arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest ?? undefined,
    runtimeId: container.runtimeId ?? undefined,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode ?? undefined,
    reason: container.reason ?? undefined,
    healthStatus: container.health,
    networkBindings: container.publishedPorts.map(({ containerPort, hostPort, protocol }) => ({
      bindIP: LOOPBACK,
      containerPort,
      hostPort,
      protocol,
    })),
    networkInterfaces: address === null ? [] : [{ privateIpv4Address: address }],
  };
}

function time(at: number | null): Date | undefined {
  return at === null ? undefined : new Date(at);
}
