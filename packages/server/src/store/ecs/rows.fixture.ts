import {
  CLUSTER_SETTINGS,
  CLUSTER_TAGS,
  SERVICE_DEFINITION,
  SERVICE_TAGS,
  TASK_CONTAINERS,
  TASK_DEFINITION,
  TASK_DEFINITION_TAGS,
  TASK_SET_DEFINITION,
} from "../columns/ecs-columns.ts";
import type { ContainerDefinition } from "../columns/task-definition.ts";
import type { ClusterRow } from "./clusters.ts";
import type { ServiceRow } from "./services.ts";
import type { TaskDefinitionRow } from "./task-definitions.ts";
import type { TaskSetRow } from "./task-sets.ts";
import type { TaskRow } from "./tasks.ts";

export const WEB_DEFINITION_ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1";
export const WEB_GROUP_ARN =
  "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web-blue/0123456789abcdef";

/** A container as RegisterTaskDefinition leaves it that was told its name, its image and its port. */
export function containerDefinition(change: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    name: "app",
    image: "web:1",
    essential: true,
    cpu: 0,
    portMappings: [{ containerPort: 8080, hostPort: 0, protocol: "tcp" }],
    environment: [],
    secrets: [],
    mountPoints: [],
    dependsOn: [],
    ulimits: [],
    readonlyRootFilesystem: false,
    droppedCapabilities: [],
    initProcessEnabled: false,
    ...change,
  };
}

export function clusterRow(change: Partial<ClusterRow> = {}): ClusterRow {
  return {
    cluster_name: "prod",
    status: "ACTIVE",
    created_at: 0,
    settings_json: CLUSTER_SETTINGS.write([]),
    tags_json: CLUSTER_TAGS.write([]),
    ...change,
  };
}

export function taskDefinitionRow(change: Partial<TaskDefinitionRow> = {}): TaskDefinitionRow {
  return {
    family: "web",
    revision: 1,
    status: "ACTIVE",
    registered_at: 0,
    deregistered_at: null,
    definition_json: TASK_DEFINITION.write({
      networkMode: "bridge",
      containerDefinitions: [containerDefinition()],
      volumes: [],
    }),
    tags_json: TASK_DEFINITION_TAGS.write([]),
    ...change,
  };
}

export function serviceRow(change: Partial<ServiceRow> = {}): ServiceRow {
  return {
    service_id: "service-1",
    cluster_name: "prod",
    service_name: "web",
    status: "ACTIVE",
    desired_count: 1,
    created_at: 0,
    inactive_at: null,
    definition_json: SERVICE_DEFINITION.write({
      taskDefinitionArn: WEB_DEFINITION_ARN,
      loadBalancers: [{ targetGroupArn: WEB_GROUP_ARN, containerName: "app", containerPort: 8080 }],
      launchType: "EC2",
      healthCheckGracePeriodSeconds: null,
      clientToken: null,
      createdBy: "arn:aws:iam::111122223333:root",
    }),
    tags_json: SERVICE_TAGS.write([]),
    ...change,
  };
}

export function taskSetRow(change: Partial<TaskSetRow> = {}): TaskSetRow {
  return {
    task_set_id: "ecs-svc/1000000000000000001",
    service_id: "service-1",
    external_id: null,
    status: "PRIMARY",
    task_definition_arn: WEB_DEFINITION_ARN,
    target_group_arn: WEB_GROUP_ARN,
    container_name: "app",
    container_port: 8080,
    scale_percent: 100,
    created_at: 0,
    updated_at: 0,
    stability: "STABILIZING",
    stability_at: 0,
    failed_tasks: 0,
    definition_json: TASK_SET_DEFINITION.write({ launchType: "EC2", clientToken: null, startedBy: "", tags: [] }),
    ...change,
  };
}

export function taskRow(change: Partial<TaskRow> = {}): TaskRow {
  return {
    task_id: "00000000000000000000000000000001",
    cluster_name: "prod",
    service_id: "service-1",
    task_set_id: "ecs-svc/1000000000000000001",
    task_definition_arn: WEB_DEFINITION_ARN,
    desired_status: "RUNNING",
    last_status: "PROVISIONING",
    health: "UNKNOWN",
    address: null,
    created_at: 0,
    pull_started_at: null,
    started_at: null,
    draining_since: null,
    stopping_at: null,
    stopped_at: null,
    stop_code: null,
    stopped_reason: null,
    containers_json: TASK_CONTAINERS.write([]),
    ...change,
  };
}
