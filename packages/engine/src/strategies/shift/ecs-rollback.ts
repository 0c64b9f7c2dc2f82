import { invariant } from "@sluice/model/invariant.ts";
import type { DeploymentState } from "../../state.ts";
import { ECS_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { ecsBackPhase } from "./ecs-phase.ts";
import { ecsBackStart } from "./ecs-start.ts";
import { type ShiftTarget, serviceOf } from "./phase.ts";
import { finishRemoval, type Removal, removalOf } from "./removal.ts";
import { shiftLeft } from "./shift-messages.ts";
import type { ShiftPhases } from "./shift-phases.ts";
import type { EcsRollback } from "./shift-strategies.ts";

/** The way back of an ECS deployment. When the original has all traffic, and is the primary, the replacement is removed. */
export const ECS_ROLLBACK: ShiftPhases = {
  timeoutMilliseconds: ECS_TIMEOUT_MILLISECONDS,

  start(state, resolution) {
    invariant(resolution.outcome === "ecs-service", "an ECS rollback starts from a service");
    return ecsBackStart(strategyOf(state), resolution.facts);
  },

  phaseOf: (at) => ecsBackPhase({ ...at, target: serviceOf(at.target) }, strategyOf(at.state)),

  proceed(draft, target, observation) {
    const removal = removalOfReplacement(draft.state, target);
    if (!removal) {
      draft.decide({ type: "deploymentSucceeded" });
      return;
    }
    // From here nothing ends it early: the traffic is back, and only tidying is left.
    if (draft.state.stage !== "terminate") draft.decide({ type: "stageEntered", stage: "terminate" });
    finishRemoval(draft, observation, removal);
  },

  lastEffects(state, target) {
    const removal = removalOfReplacement(state, target);
    return removal && state.stage === "terminate" ? [removal] : [];
  },

  describeHalt: shiftLeft,
};

function removalOfReplacement(state: DeploymentState, target: ShiftTarget): Removal | undefined {
  const { replacementTaskSetId } = serviceOf(target);
  return replacementTaskSetId === null
    ? undefined
    : removalOf(state, target, strategyOf(state).service, replacementTaskSetId);
}

function strategyOf({ strategy }: DeploymentState): EcsRollback {
  invariant(strategy.type === "ecs-rollback", "the strategy is an ECS rollback");
  return strategy;
}
