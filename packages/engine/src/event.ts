import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { TargetCandidate } from "./observation.ts";
import type { Executor, PlannedEvent } from "./planned-event.ts";
import type { TerminationReport } from "./ports/fleet.ts";
import type { RevisionDigest } from "./ports/revision-source.ts";
import type {
  DeploymentError,
  EcsServiceTarget,
  Halt,
  InstanceLabel,
  LambdaAliasTarget,
  Stage,
  Wait,
} from "./state.ts";
import type { ShiftEffect } from "./strategies/shift/shift-effects.ts";
import type { ShiftAction } from "./traffic-shift.ts";

/** What happened to a deployment, in the past tense. `apply` turns state and event into the next state; the stream shows them. */
export type DeploymentEvent =
  | {
      readonly type: "deploymentStarted";
      /** Of hosts only. */
      readonly minimumHealthyHosts?: number | undefined;
      readonly targets: readonly TargetPlan[];
      readonly bundle?: RevisionDigest | undefined;
    }
  | { readonly type: "statusMessageAdded"; readonly message: string }
  | { readonly type: "stopRequested" }
  | { readonly type: "admissionHalted"; readonly halt: Halt; readonly error: DeploymentError }
  | { readonly type: "stageEntered"; readonly stage: Stage }
  | { readonly type: "readyWaitStarted"; readonly until: number }
  | { readonly type: "terminationWaitStarted"; readonly until: number }
  | { readonly type: "bakingStarted"; readonly zone: string | null; readonly until: number }
  | { readonly type: "continueRequested"; readonly wait: Wait["kind"] }
  | { readonly type: "waitEnded" }
  /** What keeps the deployment from starting, or from touching its hosts, for now; or what will stop it. */
  | {
      readonly type: "deploymentWaiting";
      readonly reason: string;
      readonly since: number;
      readonly until: number | null;
      readonly about?: "alarms";
    }
  /** The alarms can be read again. */
  | { readonly type: "deploymentWaitOver" }
  | ({ readonly type: "originalsTerminated" } & TerminationReport)
  | { readonly type: "deploymentSucceeded" }
  | { readonly type: "deploymentFailed"; readonly error: DeploymentError }
  | { readonly type: "deploymentStopped"; readonly error: DeploymentError }
  | TargetEvent;

/** What happened to one target. The only events that the hot path makes. */
export type TargetEvent =
  | {
      readonly type: "commandOffered";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly by: Executor;
      readonly attempt: number;
    }
  | {
      readonly type: "lifecycleEventStarted";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly offer: string;
    }
  | {
      readonly type: "heartbeatMissed";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly missed: number;
    }
  | {
      readonly type: "lifecycleEventSucceeded";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly diagnostics: Diagnostics;
    }
  | {
      readonly type: "lifecycleEventFailed";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly diagnostics: Diagnostics;
      /** The agent's silence, not the revision, is the cause. */
      readonly agentIssue: boolean;
    }
  /** The deployment ended before the host had reported how its event ended: nobody knows. */
  | {
      readonly type: "lifecycleEventUnreported";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly diagnostics: Diagnostics;
    }
  /** What an event waits for: in the load balancer's words, or why a host's report may never come. */
  | {
      readonly type: "targetWaiting";
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly reason: string;
      readonly since: number;
      readonly until: number | null;
    }
  /** The replacement task set was made; it need not be steady yet. */
  | { readonly type: "taskSetCreated"; readonly targetId: string; readonly taskSetId: string }
  /** The outside is asked to give the new side that much of the traffic; steps are counted from 1. */
  | { readonly type: "weightsAsked"; readonly targetId: string; readonly step: number; readonly percent: number }
  /** It has it. */
  | { readonly type: "trafficShifted"; readonly targetId: string; readonly step: number; readonly percent: number }
  /** A person has opened or closed a gate of the shift. */
  | { readonly type: "shiftChangeRequested"; readonly targetId: string; readonly action: ShiftAction }
  /** A task set that served nobody any more is gone. */
  | { readonly type: "taskSetRemoved"; readonly targetId: string; readonly taskSetId: string }
  /** A replacement host has the revision and waits for its traffic. */
  | { readonly type: "targetReady"; readonly targetId: string }
  | { readonly type: "targetSucceeded"; readonly targetId: string }
  | { readonly type: "targetFailed"; readonly targetId: string }
  | { readonly type: "targetSkipped"; readonly targetId: string };

/** A target as the deployment starts: its place in the list is its place in the admission order. */
export type TargetPlan = HostPlan | EcsServicePlan | LambdaAliasPlan;

interface PlanBase {
  readonly targetId: string;
  readonly lifecycleEvents: readonly PlannedEvent[];
}

export interface HostPlan extends PlanBase, TargetCandidate {
  readonly type: "host";
  readonly label: InstanceLabel | null;
}

export interface EcsServicePlan
  extends PlanBase,
    Pick<
      EcsServiceTarget,
      "type" | "clusterName" | "serviceName" | "originalTaskSetId" | "originalTargetGroup" | "replacementTaskSetId"
    > {}

export interface LambdaAliasPlan
  extends PlanBase,
    Pick<LambdaAliasTarget, "type" | "functionName" | "aliasName" | "currentVersion" | "targetVersion"> {}

/** Work for the outside, done at least once through a port; what came back enters the next plan as an observation. */
export type Effect =
  | { readonly kind: "resolveTargets"; readonly key: string }
  | {
      readonly kind: "routeTraffic";
      readonly key: string;
      readonly targetId: string;
      readonly event: LifecycleEventName;
      readonly attempt: number;
    }
  | { readonly kind: "withholdReplacements"; readonly key: string; readonly targetIds: readonly string[] }
  | { readonly kind: "terminateOriginals"; readonly key: string; readonly targetIds: readonly string[] }
  | ShiftEffect;

export interface Plan {
  readonly events: readonly DeploymentEvent[];
  readonly effects: readonly Effect[];
  /** When to plan again though nothing happened; null: only when something does. Epoch milliseconds. */
  readonly wakeAt: number | null;
}
