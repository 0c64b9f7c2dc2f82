import type { LogConfiguration, RuntimePlatform } from "@aws-sdk/client-ecs";

/**
 * `ecs_task_definitions.definition_json`: what RegisterTaskDefinition takes, in ECS' shape and units, without the members that Sluice
 * refuses. It was checked when it was registered: names are unique, references resolve.
 */
export interface TaskDefinition {
  /** `none` only of one that was registered before it was refused. */
  readonly networkMode: "awsvpc" | "bridge" | "none";
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly TaskVolume[];
  /** Of the whole task, in ECS' units: 1024 is a core. Absent: no limit. */
  readonly cpu?: string;
  /** Of the whole task, in MiB. Absent: no limit. */
  readonly memory?: string;
  /** As it was given: it changes nothing but what DescribeTaskDefinition shows. */
  readonly requiresCompatibilities?: readonly ("EC2" | "FARGATE")[];
  /** As they were given, where sluice.yml says that they are ignored: they change nothing but what DescribeTaskDefinition shows. */
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly runtimePlatform?: RuntimePlatform;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** When it ends, the task ends. */
  readonly essential: boolean;
  /** A share of the machine, 1024 a core; 0: the engine's usual share. */
  readonly cpu: number;
  /** MiB, a hard limit. Absent: none. */
  readonly memory?: number;
  /** MiB. Absent: none. */
  readonly memoryReservation?: number;
  readonly portMappings: readonly PortMapping[];
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly hostname?: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  /** `valueFrom` is a name under which the driver's settings have the secret. */
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly mountPoints: readonly MountPoint[];
  readonly dependsOn: readonly ContainerDependency[];
  readonly ulimits: readonly { readonly name: string; readonly softLimit: number; readonly hardLimit: number }[];
  readonly healthCheck?: ContainerCheck;
  /** What depends on it gives up when it has not become so within this many seconds of its start. Absent: it waits on. */
  readonly startTimeout?: number;
  /** Between SIGTERM and SIGKILL. Absent: 30. */
  readonly stopTimeout?: number;
  readonly readonlyRootFilesystem: boolean;
  readonly droppedCapabilities: readonly string[];
  readonly initProcessEnabled: boolean;
  /** As it was given, where sluice.yml says that it is ignored. */
  readonly logConfiguration?: LogConfiguration;
}

export interface PortMapping {
  readonly containerPort: number;
  /** Bridge mode: 0 is any that is free. In the other modes it is the container's port. */
  readonly hostPort: number;
  readonly protocol: "tcp" | "udp";
}

export interface MountPoint {
  readonly sourceVolume: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface TaskVolume {
  readonly name: string;
  /** A folder of the engine's machine; null: an empty one that goes with the task. */
  readonly sourcePath: string | null;
}

export interface ContainerDependency {
  readonly containerName: string;
  readonly condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";
}

/** With ECS' defaults filled in. */
export interface ContainerCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}
