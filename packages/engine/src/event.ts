import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { TargetCandidate } from "./observation.ts";
import type { DeploymentError, Halt } from "./state.ts";

/** What happened to a deployment, in the past tense. `apply` turns state and event into the next state; the stream shows them. */
export type DeploymentEvent =
  | {
      readonly type: "deploymentStarted";
      readonly minimumHealthyHosts: number;
      readonly targets: readonly TargetPlan[];
    }
  | { readonly type: "statusMessageAdded"; readonly message: string }
  | { readonly type: "stopRequested" }
  | { readonly type: "admissionHalted"; readonly halt: Halt; readonly error: DeploymentError }
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
  | { readonly type: "targetSucceeded"; readonly targetId: string }
  | { readonly type: "targetFailed"; readonly targetId: string }
  | { readonly type: "targetSkipped"; readonly targetId: string };

/** A target as the deployment starts: its place in the list is its place in the admission order. */
export interface TargetPlan extends TargetCandidate {
  readonly lifecycleEvents: readonly LifecycleEventName[];
}

/** Work for the outside, done at least once through a port; what came back enters the next plan as an observation. */
export type Effect = { readonly kind: "resolveTargets"; readonly key: string };

export interface Plan {
  readonly events: readonly DeploymentEvent[];
  readonly effects: readonly Effect[];
  /** When to plan again though nothing happened; null: only when something does. Epoch milliseconds. */
  readonly wakeAt: number | null;
}
