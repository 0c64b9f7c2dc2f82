import type { PublishedPort } from "@sluice/engine/ports/container-engine.ts";
import { listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import { JsonColumn } from "./json-column.ts";
import type { TaskDefinition } from "./task-definition.ts";

/** A tag as ECS spells it. */
export interface EcsTag {
  readonly key: string;
  readonly value: string;
}

/** `ecs_clusters.settings_json`: `containerInsights` and its like, as CreateCluster was given them. */
export interface ClusterSetting {
  readonly name: string;
  readonly value: string;
}

/** Where the tasks of a service register. */
export interface ServiceLoadBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

/** Names of AWS, which mean nothing to a machine with one network: `awsvpcConfiguration` of ECS. */
export interface NamedNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: "ENABLED" | "DISABLED";
}

/** `ecs_services.definition_json`: what CreateService was asked, and what UpdateService may change of it, beside the desired count. */
export interface ServiceDefinition {
  /** Of CreateService: the first task set's. Later ones are in the task sets. */
  readonly taskDefinitionArn: string;
  readonly loadBalancers: readonly ServiceLoadBalancer[];
  readonly launchType: "EC2" | "FARGATE";
  /** Null: none was given. Of a service with target groups: for so long after its start no task fails for its answers to health checks. */
  readonly healthCheckGracePeriodSeconds: number | null;
  /** Of CreateService; null: none. */
  readonly clientToken: string | null;
  /** ARN of who made it. */
  readonly createdBy: string;
  /** As CreateService named it, for those who ask again; absent: it named none. */
  readonly network?: NamedNetwork | undefined;
}

/** `ecs_task_sets.definition_json`: what CreateTaskSet was asked, beside what columns hold. */
export interface TaskSetDefinition {
  readonly launchType: "EC2" | "FARGATE";
  readonly clientToken: string | null;
  /** ECS' `startedBy`: `CODE_DEPLOY` for a deployment's, the service's for its first. Empty: nobody said. */
  readonly startedBy: string;
  readonly tags: readonly EcsTag[];
  /** Absent: none was named. */
  readonly network?: NamedNetwork | undefined;
}

/** `ecs_tasks.containers_json`: a container of a task as DescribeTasks shows it. */
export interface TaskContainer {
  readonly name: string;
  /** As the task definition names it. */
  readonly image: string;
  readonly imageDigest: string | null;
  /** The engine's id of it; null: it has not been made yet. */
  readonly runtimeId: string | null;
  readonly lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  readonly exitCode: number | null;
  /** Why it did not start, or was killed; null: nothing to say. */
  readonly reason: string | null;
  readonly health: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** On the loopback of the engine's machine. */
  readonly publishedPorts: readonly PublishedPort[];
}

const TAGS = listOf(objectOf<EcsTag>({ key: "text", value: "text" }));
const DEFINITION_KEY = ["family", "revision"] as const;

export const CLUSTER_SETTINGS = new JsonColumn(
  "ecs_clusters.settings_json",
  ["cluster_name"],
  listOf(objectOf<ClusterSetting>({ name: "text", value: "text" })),
);
export const CLUSTER_TAGS = new JsonColumn("ecs_clusters.tags_json", ["cluster_name"], TAGS);
export const TASK_DEFINITION = new JsonColumn(
  "ecs_task_definitions.definition_json",
  DEFINITION_KEY,
  objectOf<TaskDefinition>({ containerDefinitions: "list", volumes: "list", networkMode: "text" }),
);
export const TASK_DEFINITION_TAGS = new JsonColumn("ecs_task_definitions.tags_json", DEFINITION_KEY, TAGS);
export const SERVICE_DEFINITION = new JsonColumn(
  "ecs_services.definition_json",
  ["service_id"],
  objectOf<ServiceDefinition>({
    taskDefinitionArn: "text",
    loadBalancers: "list",
    launchType: "text",
    healthCheckGracePeriodSeconds: "number or null",
    clientToken: "text or null",
    createdBy: "text",
  }),
);
export const SERVICE_TAGS = new JsonColumn("ecs_services.tags_json", ["service_id"], TAGS);
export const TASK_SET_DEFINITION = new JsonColumn(
  "ecs_task_sets.definition_json",
  ["task_set_id"],
  objectOf<TaskSetDefinition>({ launchType: "text", clientToken: "text or null", startedBy: "text", tags: "list" }),
);
export const TASK_CONTAINERS = new JsonColumn(
  "ecs_tasks.containers_json",
  ["task_id"],
  listOf(
    objectOf<TaskContainer>({
      name: "text",
      image: "text",
      imageDigest: "text or null",
      runtimeId: "text or null",
      lastStatus: "text",
      exitCode: "number or null",
      reason: "text or null",
      health: "text",
      publishedPorts: "list",
    }),
  ),
);
