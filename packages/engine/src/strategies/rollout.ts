import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { Draft } from "../draft.ts";
import type { DeploymentEvent, Effect, TargetPlan } from "../event.ts";
import type { Observation, TargetResolution } from "../observation.ts";
import type { DeploymentError, DeploymentState, Stage } from "../state.ts";

/** What one strategy adds to what all have in common (`round.ts`). */
export interface Rollout {
  readonly timeoutMilliseconds: number;
  start(state: DeploymentState, found: Found): Start;
  /** The lifecycle events whose failure is no target's. */
  forgiven(state: Pick<DeploymentState, "strategy">): ReadonlySet<LifecycleEventName>;
  /** Ends the events under way that a report or the time ends. Also called after a halt. */
  settle(draft: Draft, observation: Observation): void;
  /** Who begins now, and what of the targets' own halts the deployment. */
  begin(draft: Draft): void;
  /** What follows for the deployment: the next stage, a wait, its end. */
  proceed(draft: Draft, observation: Observation): void;
  /** After a halt: brings targets to their end. */
  windDown(draft: Draft, observation: Observation): void;
  /** How a deployment that was halted leaves things, in words. */
  describeHalt(state: DeploymentState): readonly string[];
  /** What is wanted of the outside now, and because of these events. To ask again is no second wish: keys derive from the state. */
  effects(state: DeploymentState, events: readonly DeploymentEvent[]): readonly Effect[];
  /** The keys of the effects whose reports bear on what is decided next. */
  watchedEffects(state: DeploymentState): readonly string[];
  /** The earliest moment at which time alone changes something, besides what is common to all; infinity: none does. */
  wakeAt(state: DeploymentState, observation: Observation, now: number): number;
}

/** What a deployment is to, as it was found out. */
export type Found = Exclude<TargetResolution, { readonly outcome: "failed" }>;

/** What keeps a deployment from starting, or what it starts with. */
export type Start =
  | { readonly error: DeploymentError }
  | {
      /** Of hosts only. */
      readonly minimumHealthyHosts?: number;
      readonly targets: readonly TargetPlan[];
      readonly firstStage: Stage;
      /** What a person should know though it can start. */
      readonly warnings?: readonly string[];
    };
