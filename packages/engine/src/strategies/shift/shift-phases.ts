import type { Draft } from "../../draft.ts";
import type { EcsServicePlan, LambdaAliasPlan } from "../../event.ts";
import type { Observation, TargetResolution } from "../../observation.ts";
import type { DeploymentError, DeploymentState } from "../../state.ts";
import type { ShiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import type { PhaseOf } from "./shift-round.ts";

/** What one platform adds to what all shifts have in common. */
export interface ShiftPhases {
  readonly timeoutMilliseconds: number;
  /** What keeps the deployment from starting, or its one target. */
  start(
    state: DeploymentState,
    resolution: TargetResolution,
  ):
    | { readonly error: DeploymentError }
    | { readonly target: EcsServicePlan | LambdaAliasPlan; readonly warnings?: readonly string[] };
  readonly phaseOf: PhaseOf;
  /** Called when the target waits for leave, or has succeeded. */
  proceed(draft: Draft, target: ShiftTarget, observation: Observation): void;
  /** What is asked for when the target has succeeded. */
  lastEffects?(state: DeploymentState, target: ShiftTarget): readonly ShiftEffect[];
  /** How a deployment that was halted leaves the traffic, in words. */
  describeHalt(state: DeploymentState, target: ShiftTarget): readonly string[];
}
