import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName, LifecycleEventStatus } from "@sluice/model/lifecycle-event.ts";

/** Everything that the planner knows of one deployment. Immutable; `apply` makes the next one. Times are epoch milliseconds. */
export interface DeploymentState {
  readonly deploymentId: string;
  readonly deploymentGroupName: string;
  readonly status: DeploymentStatus;
  /** What the deployment configuration asks for; the number of hosts that follows is fixed when the deployment starts. */
  readonly healthRule: HealthRule;
  /** Null until the targets are known. */
  readonly minimumHealthyHosts: number | null;
  readonly ignoreApplicationStopFailures: boolean;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly stopRequestedAt: number | null;
  /** The first reason for which no further host is admitted; null while all is well. */
  readonly halt: Halt | null;
  readonly error: DeploymentError | null;
  readonly statusMessages: readonly string[];
  /** Null until resolved. */
  readonly targets: readonly TargetState[] | null;
}

export type DeploymentStatus =
  | "Created"
  | "Queued"
  | "InProgress"
  | "Baking"
  | "Ready"
  | "Succeeded"
  | "Failed"
  | "Stopped";

/** MOST_CONCURRENCY is what CodeDeployDefault.OneAtATime reports: `value` hosts at a time. */
export interface HealthRule {
  readonly type: "HOST_COUNT" | "FLEET_PERCENT" | "MOST_CONCURRENCY";
  readonly value: number;
}

/** Why no further host is admitted. `stop` also ends hosts that are under way; `health` lets those finish. */
export type Halt = "stop" | "health" | "timeout";

export interface DeploymentError {
  readonly code: string;
  readonly message: string;
}

export type TargetStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped" | "Unknown" | "Ready";

export interface TargetState {
  readonly targetId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly status: TargetStatus;
  /** Whether the host's previous attempt in this group succeeded; a host never deployed to is unhealthy. */
  readonly wasHealthy: boolean;
  readonly revisionHealth: RevisionHealth;
  readonly lifecycleEvents: readonly LifecycleEventState[];
  /** What the host has to do or is doing now. */
  readonly command: CommandState | null;
  /** The host's agent fell silent (or never spoke): its failure is the agent's, not the revision's. */
  readonly agentIssue: boolean;
  readonly updatedAt: number;
}

/** Unknown: no earlier success is known; Old: another revision; Current: the group's last successful one. */
export type RevisionHealth = "Unknown" | "Old" | "Current";

export interface LifecycleEventState {
  readonly name: LifecycleEventName;
  readonly status: LifecycleEventStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly diagnostics: Diagnostics | null;
}

/** One lifecycle event offered to one host. Available until acknowledged; then running until completed. */
export interface CommandState {
  readonly event: LifecycleEventName;
  readonly attempt: number;
  readonly availableAt: number;
  readonly acknowledgedAt: number | null;
  /** Which of the offers was acknowledged: an acknowledgement of another offer of the same command is told to skip it. */
  readonly acknowledgedOffer: string | null;
  /** Heartbeats in a row that did not list the command although it was acknowledged. */
  readonly missedHeartbeats: number;
}

export function isTerminal(status: DeploymentStatus): boolean {
  switch (status) {
    case "Succeeded":
    case "Failed":
    case "Stopped":
      return true;
    case "Created":
    case "Queued":
    case "InProgress":
    case "Baking":
    case "Ready":
      return false;
    default: {
      const never: never = status;
      return never;
    }
  }
}
