import type { TaskContainer } from "../store/columns/ecs-columns.ts";
import type { TaskStatus } from "../store/ecs/ecs-tables.ts";

/** A service as its planner sees it. Times here and below are epoch milliseconds. */
export interface ServiceState {
  readonly serviceId: string;
  readonly serviceName: string;
  /** `DRAINING`: deleted, and its tasks are stopping. `INACTIVE`: they have stopped. */
  readonly status: "ACTIVE" | "DRAINING" | "INACTIVE";
  readonly desiredCount: number;
  /** For so long after its start no task fails for its answers to the balancer's health checks. */
  readonly healthCheckGraceSeconds: number;
}

export interface TaskSetState {
  readonly taskSetId: string;
  readonly status: "PRIMARY" | "ACTIVE" | "DRAINING";
  readonly taskDefinitionArn: string;
  /** Null with the port: its tasks register nowhere. */
  readonly targetGroupArn: string | null;
  readonly containerPort: number | null;
  readonly scalePercent: number;
  readonly createdAt: number;
  readonly stability: "STABILIZING" | "STEADY_STATE";
  readonly failedTasks: number;
}

export interface TaskState {
  readonly taskId: string;
  readonly taskSetId: string;
  readonly taskDefinitionArn: string;
  readonly desiredStatus: "RUNNING" | "STOPPED";
  readonly lastStatus: TaskStatus;
  readonly health: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  readonly address: string | null;
  readonly createdAt: number;
  readonly pullStartedAt: number | null;
  readonly startedAt: number | null;
  /** Since when the balancer sends it nothing new. */
  readonly drainingSince: number | null;
  readonly stoppingAt: number | null;
  readonly stoppedAt: number | null;
  readonly stopCode: StopCode | null;
  readonly stoppedReason: string | null;
  /** In the order of the task definition; the sandbox is not among them. */
  readonly containers: readonly TaskContainer[];
}

export type StopCode = "EssentialContainerExited" | "TaskFailedToStart" | "ServiceSchedulerInitiated" | "UserInitiated";

/** What the balancer knows of a task as a target of its task set's group. */
export interface TaskTarget {
  readonly targetGroupArn: string;
  /** `initial`: not checked often enough yet. */
  readonly health: "initial" | "healthy" | "unhealthy";
  /** What its last health check was answered. */
  readonly detail: string;
  /** Connections or requests in flight since it gets nothing new; null: the balancer still sends it new ones, or does not say. */
  readonly sessionsLeft: number | null;
  /** The longest that it is waited for. */
  readonly drainSeconds: number;
}
