import type { PortOutcome } from "./port-outcome.ts";

/** One container of a task, as it is to run. It is made once, by its task and its name. */
export interface ContainerPlan {
  /** 32 hex digits. */
  readonly taskId: string;
  /** As the task definition calls it; the sandbox has a name that no definition can have. */
  readonly containerName: string;
  /** `sandbox`: holds the network of a task of several containers, and does nothing; the driver has its image. */
  readonly role: "application" | "sandbox";
  /** A reference that the engine can resolve; empty for a sandbox. */
  readonly image: string;
  /** For people who look at the engine: cluster, service, task set, task definition. */
  readonly labels: Readonly<Record<string, string>>;
  readonly network: ContainerNetwork;
  /** Absent: the image's own. */
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly workingDirectory?: string | undefined;
  readonly user?: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** From a variable's name to the name under which the driver's settings have the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Bytes; null: no limit. */
  readonly memoryBytes: number | null;
  readonly memoryReservationBytes: number | null;
  /** 1024 is one core's share; null: the engine's usual share. */
  readonly cpuShares: number | null;
  /** At most so many cores, of the whole task; null: no limit. */
  readonly cpuCores: number | null;
  readonly mounts: readonly ContainerMount[];
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly isRootReadOnly: boolean;
  readonly droppedCapabilities: readonly string[];
  readonly hasInit: boolean;
  readonly healthCheck: ContainerHealthCheck | null;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
}

/** `own`: an address on the installation's network. `of-task`: that of the task's sandbox. */
export type ContainerNetwork =
  | { readonly kind: "own"; readonly hostname?: string | undefined; readonly publishedPorts: readonly PublishedPort[] }
  | { readonly kind: "of-task" };

export interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  /** On the machine's loopback; 0: any that is free. */
  readonly hostPort: number;
}

/** A folder of the machine that the driver's settings allow, or (`folder` null) an empty one that goes with the task. */
export interface ContainerMount {
  readonly volumeName: string;
  readonly folder: string | null;
  readonly containerPath: string;
  readonly isReadOnly: boolean;
}

export interface ContainerHealthCheck {
  /** As in a task definition: `["CMD", …]` or `["CMD-SHELL", "…"]`. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

/** A container of this installation, as the engine has it. Times are epoch milliseconds. */
export interface ContainerFacts {
  readonly containerId: string;
  readonly taskId: string;
  readonly containerName: string;
  readonly role: ContainerPlan["role"];
  /** `created`: made, and not started yet, or its start failed. */
  readonly state: "created" | "running" | "exited";
  /** `none`: it has no health check. */
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  /** What its health check last said; empty: nothing. */
  readonly healthDetail: string;
  /** Null while it has not ended. */
  readonly exitCode: number | null;
  readonly wasOutOfMemory: boolean;
  /** The engine's own words for why it could not be started; empty: it could. */
  readonly error: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** On the installation's network; null: it has none, or none yet. */
  readonly address: string | null;
  readonly publishedPorts: readonly PublishedPort[];
  /** The image that it runs, as the engine names it: a digest. */
  readonly imageDigest: string;
}

export interface LogQuery {
  /** The last so many lines. */
  readonly tailLines: number;
  /** Epoch milliseconds; only what was written after it. */
  readonly since?: number | undefined;
}

export interface LogLine {
  readonly at: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/**
 * The port to a container engine. It sees and touches this installation's containers only. Every method may be called again at any time
 * with the same arguments. An engine that cannot be reached is a rejection, which the caller retries; an answer that says no is a `failed`.
 */
export interface ContainerEngine {
  /** All containers of this installation, whatever their state. */
  list(signal: AbortSignal): Promise<readonly ContainerFacts[]>;
  /**
   * Done when it runs, or has ended by itself since. Pending while its image is pulled: `detail` says how far. Failed with ECS' words
   * (`CannotPullContainerError: …`, `CannotStartContainerError: …`, `ResourceInitializationError: …`).
   */
  start(plan: ContainerPlan, signal: AbortSignal): Promise<PortOutcome>;
  /** SIGTERM now, SIGKILL after the plan's time. Done when it has ended, pending until then. It is there still, with its logs. */
  stop(containerId: string, signal: AbortSignal): Promise<PortOutcome>;
  /** Done when it is gone, and what was the task's alone (empty folders) with it. One that runs is refused. */
  remove(containerId: string, signal: AbortSignal): Promise<PortOutcome>;
  /** What it wrote, oldest first. */
  logs(containerId: string, query: LogQuery, signal: AbortSignal): Promise<readonly LogLine[]>;
  /** Calls `onChange` soon after anything changed, and when it may have missed something; returns when the signal ends. Never rejects. */
  watch(onChange: () => void, signal: AbortSignal): Promise<void>;
}
