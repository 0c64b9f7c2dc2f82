import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type {
  ClusterSetting,
  EcsTag,
  ServiceDefinition,
  TaskContainer,
  TaskSetDefinition,
} from "../columns/ecs-columns.ts";
import type { TaskDefinition } from "../columns/task-definition.ts";

/** The tables of clusters, services and tasks: part of schema.ts. */
export interface EcsTables {
  ecs_clusters: EcsClustersTable;
  ecs_task_definitions: EcsTaskDefinitionsTable;
  ecs_services: EcsServicesTable;
  ecs_task_sets: EcsTaskSetsTable;
  ecs_tasks: EcsTasksTable;
  ecs_service_events: EcsServiceEventsTable;
}

export interface EcsClustersTable {
  cluster_name: string;
  /** `INACTIVE`: deleted; its name is free, and takes this row again. */
  status: "ACTIVE" | "INACTIVE";
  created_at: number;
  settings_json: Json<readonly ClusterSetting[]>;
  tags_json: Json<readonly EcsTag[]>;
}

export interface EcsTaskDefinitionsTable {
  family: string;
  revision: number;
  /** `INACTIVE`: deregistered. What runs goes on, and starts tasks again; nothing new is made of it. */
  status: "ACTIVE" | "INACTIVE";
  registered_at: number;
  deregistered_at: number | null;
  definition_json: Json<TaskDefinition>;
  tags_json: Json<readonly EcsTag[]>;
}

export interface EcsServicesTable {
  /** A UUID. */
  service_id: string;
  cluster_name: string;
  /** Unique in its cluster while it is not INACTIVE. */
  service_name: string;
  /** `DRAINING`: deleted, and its tasks are stopping. `INACTIVE`: they have stopped. */
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desired_count: number;
  created_at: number;
  /** When it became INACTIVE. */
  inactive_at: number | null;
  definition_json: Json<ServiceDefinition>;
  tags_json: Json<readonly EcsTag[]>;
}

export interface EcsTaskSetsTable {
  /** `ecs-svc/` and 19 digits. */
  task_set_id: string;
  service_id: string;
  /** The deployment that it was made for; unique in its service. */
  external_id: string | null;
  /** A service that is ACTIVE has one PRIMARY. `DRAINING`: its tasks stop, and then its row goes. */
  status: "PRIMARY" | "ACTIVE" | "DRAINING";
  task_definition_arn: string;
  /** Where its tasks register; null with the two that follow: nowhere. */
  target_group_arn: string | null;
  container_name: string | null;
  container_port: number | null;
  /** Of the service's desired count; what results is rounded up. */
  scale_percent: number;
  created_at: number;
  updated_at: number;
  stability: "STABILIZING" | "STEADY_STATE";
  /** Since when. */
  stability_at: number;
  /** Tasks that ended although they were wanted. */
  failed_tasks: number;
  definition_json: Json<TaskSetDefinition>;
}

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export interface EcsTasksTable {
  /** 32 hex digits. */
  task_id: string;
  cluster_name: string;
  service_id: string;
  task_set_id: string;
  task_definition_arn: string;
  desired_status: "RUNNING" | "STOPPED";
  last_status: TaskStatus;
  health: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** On the installation's network; null: none, or none yet. */
  address: string | null;
  created_at: number;
  pull_started_at: number | null;
  started_at: number | null;
  /** Since when the balancer sends it nothing new. */
  draining_since: number | null;
  stopping_at: number | null;
  stopped_at: number | null;
  /** ECS' `stopCode`: `EssentialContainerExited`, `TaskFailedToStart`, `ServiceSchedulerInitiated`, `UserInitiated`. */
  stop_code: string | null;
  stopped_reason: string | null;
  containers_json: Json<readonly TaskContainer[]>;
}

/** The newest of each service. */
export interface EcsServiceEventsTable {
  service_id: string;
  /** Counts up from 1. */
  event_number: number;
  /** A UUID. */
  event_id: string;
  at: number;
  message: string;
}
