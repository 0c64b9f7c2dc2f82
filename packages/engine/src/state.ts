import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName, LifecycleEventStatus } from "@sluice/model/lifecycle-event.ts";
import type { Executor, PlannedEvent } from "./planned-event.ts";
import type { RevisionDigest } from "./ports/revision-source.ts";
import type { ShiftStrategy } from "./strategies/shift/shift-strategies.ts";
import type { ShiftGate, ShiftMove } from "./traffic-shift.ts";

/** Everything that the planner knows of one deployment. Immutable; `apply` makes the next one. Times are epoch milliseconds. */
export interface DeploymentState {
  readonly deploymentId: string;
  readonly deploymentGroupName: string;
  readonly strategy: Strategy;
  readonly status: DeploymentStatus;
  /** Of a deployment to hosts, what its health rule comes to; null until the targets are known, and on the other platforms. */
  readonly minimumHealthyHosts: number | null;
  /** The alarms that stop the deployment; null: none are watched. */
  readonly alarms: AlarmWatch | null;
  /** What is being done to the hosts. A deployment in place only ever deploys. */
  readonly stage: Stage;
  /** What the deployment as a whole waits for; null while hosts are at work. */
  readonly wait: Wait | null;
  /** What the deployment waits for before it starts, or before it touches a host; or what will stop it. Absent: nothing that is known. */
  readonly waiting?: Waiting | undefined;
  /** The wait that a person ended early with ContinueDeployment. */
  readonly continued: Wait["kind"] | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly stopRequestedAt: number | null;
  /** The first reason for which no further host is admitted; null while all is well. */
  readonly halt: Halt | null;
  /** When that was, epoch milliseconds; absent while all is well. */
  readonly haltedAt?: number | undefined;
  readonly error: DeploymentError | null;
  readonly statusMessages: readonly string[];
  /** What the bundle is, fixed when the deployment starts; absent before, and where nobody was asked. */
  readonly bundle?: RevisionDigest | undefined;
  /** Null until resolved. */
  readonly targets: readonly TargetState[] | null;
}

/** What somebody waits for, in words, for people. Times are epoch milliseconds. */
export interface Waiting {
  readonly reason: string;
  readonly since: number;
  /** When the wait ends at the latest, as far as was known when it was told; null: when somebody acts. */
  readonly until: number | null;
  /** When it was told. */
  readonly toldAt: number;
  /** It is over when the alarms can be read again, and not when the deployment goes on. */
  readonly about?: "alarms" | undefined;
}

/** How the revision gets to where it is to run, fixed when the deployment is created. */
export type Strategy = HostStrategy | ShiftStrategy;

/** How hosts get it. */
export type HostStrategy = HostWay & HostRules;

/** What holds for hosts, whichever way they get it. */
export interface HostRules {
  /** What the deployment configuration asks for; the number of hosts that follows is fixed when the deployment starts. */
  readonly healthRule: HealthRule;
  /** As CreateDeployment was asked; a rollback always does. */
  readonly ignoreApplicationStopFailures: boolean;
}

export type HostWay =
  | {
      readonly type: "in-place";
      /** Hosts leave their load balancer before, and join it again after. */
      readonly hasTrafficControl: boolean;
      /** Null: hosts are taken from all zones alike. */
      readonly zones: ZoneRule | null;
      /** What is on the hosts is stopped and started, and nothing is installed; absent: the revision is installed. */
      readonly restarts?: true | undefined;
    }
  | {
      readonly type: "blue-green";
      /** How long traffic waits for ContinueDeployment before the deployment stops; null: it does not wait. */
      readonly readyWaitMilliseconds: number | null;
      /** How long the originals are kept for a way back before they are terminated; null: they are kept alive. */
      readonly terminationWaitMilliseconds: number | null;
    }
  | { readonly type: "blue-green-rollback" };

/** DeploymentConfig.zonalConfig (codedeploy-semantics.md, section 2). */
export interface ZoneRule {
  readonly firstZoneMonitorMilliseconds: number;
  readonly monitorMilliseconds: number;
  /** Null: a whole zone may be out at once. */
  readonly minimumPerZone: HealthRule | null;
}

export interface AlarmWatch {
  readonly names: readonly string[];
  /** Go on although the alarms cannot be read. */
  readonly ignoresPollFailure: boolean;
}

/** `withhold`: see that replacements get no traffic yet. `deploy`: install the revision. `allow`, `block`: let hosts' traffic in, take it away. `terminate`: see the originals off. */
export type Stage = "withhold" | "deploy" | "allow" | "block" | "terminate";

/** Times are epoch milliseconds. */
export type Wait = (
  | { readonly kind: "ready" }
  | { readonly kind: "termination" }
  | { readonly kind: "baking"; readonly zone: string | null }
) & {
  /** Absent of waits that an earlier version began. */
  readonly since?: number | undefined;
  readonly until: number;
};

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

/** Why no further host is admitted. `health` lets hosts under way finish, the others end them; an `alarm` in mid-event. */
export type Halt = "stop" | "health" | "timeout" | "alarm";

export interface DeploymentError {
  readonly code: string;
  readonly message: string;
}

export type TargetStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped" | "Unknown" | "Ready";

/** What a deployment deploys to: a host, a container service, or an alias of a function. */
export type TargetState = HostTarget | EcsServiceTarget | LambdaAliasTarget;

/** What targets of all types have. */
export interface TargetBase {
  readonly targetId: string;
  readonly status: TargetStatus;
  readonly lifecycleEvents: readonly LifecycleEventState[];
  /** What is to be done for the target, or is being done now. */
  readonly command: CommandState | null;
  readonly updatedAt: number;
}

export interface HostTarget extends TargetBase {
  readonly type: "host";
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly zone: string | null;
  /** Which of the two fleets of a blue/green deployment: Blue is the original one, Green the replacement. */
  readonly label: InstanceLabel | null;
  /** Whether the host's previous attempt in this group succeeded; a host never deployed to is unhealthy. */
  readonly wasHealthy: boolean;
  readonly revisionHealth: RevisionHealth;
  /** The host's agent fell silent (or never spoke) in its last event: a failure is the agent's, not the revision's. */
  readonly agentIssue: boolean;
  /** Of a deployment that restarts. */
  readonly restart?: HostRestart | undefined;
}

/** How one host is restarted, or why it cannot be. */
export type HostRestart =
  | {
      /** The deployment that installed what the host runs: its archive there has the scripts. */
      readonly archiveOf: string;
      /** The host's agent takes scripts from no archive but the deployment's own, which DownloadBundle makes from the other (the AWS agent). */
      readonly copiesArchive: boolean;
    }
  | { readonly refused: string };

export interface EcsServiceTarget extends TargetBase {
  readonly type: "ecs-service";
  readonly clusterName: string;
  readonly serviceName: string;
  /** What served before, and where its tasks are registered. */
  readonly originalTaskSetId: string;
  readonly originalTargetGroup: string;
  /** What is to serve; null: not created yet. */
  readonly replacementTaskSetId: string | null;
  readonly shift: ShiftState;
}

export interface LambdaAliasTarget extends TargetBase {
  readonly type: "lambda-alias";
  readonly functionName: string;
  readonly aliasName: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly shift: ShiftState;
}

/** Where the traffic is between the old and the new side of a target. */
export interface ShiftState {
  /** How many weights were set so far: part of the next one's key. */
  readonly step: number;
  /** What the new side gets, as it was last reported to be set. */
  readonly percent: number;
  /** When that was, epoch milliseconds; null: never. */
  readonly changedAt: number | null;
  /** A weight that was asked for, and when, and is not reported as set yet. */
  readonly asked: { readonly percent: number; readonly at: number } | null;
  /** What a person wants of it; absent: that it goes by its schedule. */
  readonly gate?: ShiftGate | undefined;
  /** Every weight that was set, oldest first. Absent of shifts that an earlier version stored. */
  readonly moves?: readonly ShiftMove[] | undefined;
}

export type InstanceLabel = "Blue" | "Green";

/** Unknown: no earlier success is known; Old: another revision; Current: the group's last successful one. */
export type RevisionHealth = "Unknown" | "Old" | "Current";

export interface LifecycleEventState extends PlannedEvent {
  readonly status: LifecycleEventStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly diagnostics: Diagnostics | null;
}

/**
 * One lifecycle event of one target that is to be carried out. An agent's is available until acknowledged, then running until completed.
 * Everybody else's runs from the start: nobody acknowledges it, and no agent is offered it.
 */
export interface CommandState {
  readonly event: LifecycleEventName;
  readonly by: Executor;
  readonly attempt: number;
  readonly availableAt: number;
  readonly acknowledgedAt: number | null;
  /** Which of the offers was acknowledged: an acknowledgement of another offer of the same command is told to skip it. */
  readonly acknowledgedOffer: string | null;
  /** Heartbeats in a row that did not list the command although it was acknowledged. */
  readonly missedHeartbeats: number;
  /** What it waits for: in the load balancer's words, or why the host's report may never come. Absent: nothing that is known. */
  readonly waiting?: Waiting | undefined;
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

/** Started and not ended. */
export function isUnderWay(status: DeploymentStatus): boolean {
  return status === "InProgress" || status === "Baking" || status === "Ready";
}
