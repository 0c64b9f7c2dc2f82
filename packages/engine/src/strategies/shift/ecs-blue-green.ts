import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../../draft.ts";
import type { Observation } from "../../observation.ts";
import type { DeploymentState } from "../../state.ts";
import { ECS_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { ecsPhase } from "./ecs-phase.ts";
import { ecsStart } from "./ecs-start.ts";
import { type ShiftTarget, serviceOf } from "./phase.ts";
import { awaitLeave } from "./ready-wait.ts";
import { finishRemoval, type Removal, removalOf } from "./removal.ts";
import { shiftLeft } from "./shift-messages.ts";
import type { ShiftPhases } from "./shift-phases.ts";
import type { EcsBlueGreen } from "./shift-strategies.ts";

/**
 * A replacement task set is made, tried by test traffic, and takes production traffic over by the schedule. The original is kept for its
 * time, so that there is a way back, and then removed (codedeploy-semantics.md, sections 3, 6, 7 and 12).
 */
export const ECS_BLUE_GREEN: ShiftPhases = {
  timeoutMilliseconds: ECS_TIMEOUT_MILLISECONDS,

  start(state, resolution) {
    invariant(resolution.outcome === "ecs-service", "an ECS deployment starts from a service");
    return ecsStart(strategyOf(state), resolution.facts);
  },

  phaseOf: (at) => ecsPhase({ ...at, target: serviceOf(at.target) }, strategyOf(at.state)),

  proceed(draft, target, observation) {
    const { readyWaitMilliseconds, terminationWaitMilliseconds } = strategyOf(draft.state);
    if (target.status === "Ready") {
      invariant(readyWaitMilliseconds !== null, "only a deployment that waits for leave is ready");
      awaitLeave(draft, target, readyWaitMilliseconds);
    } else if (draft.state.stage !== "terminate") {
      keepOriginal(draft, terminationWaitMilliseconds);
    } else removeOriginal(draft, target, observation);
  },

  lastEffects(state, target) {
    const removal = removalOfOriginal(state, target);
    return state.stage === "terminate" && state.wait === null ? [removal] : [];
  },

  describeHalt: shiftLeft,
};

function keepOriginal(draft: Draft, waitMilliseconds: number | null): void {
  if (waitMilliseconds === null) {
    draft.decide({ type: "deploymentSucceeded" });
    return;
  }
  draft.decide(
    { type: "stageEntered", stage: "terminate" },
    { type: "terminationWaitStarted", until: draft.now + waitMilliseconds },
  );
}

function removeOriginal(draft: Draft, target: ShiftTarget, observation: Observation): void {
  const { wait, continued } = draft.state;
  if (wait !== null) {
    if (continued !== "termination" && draft.now < wait.until) return;
    draft.decide({ type: "waitEnded" });
  }
  finishRemoval(draft, observation, removalOfOriginal(draft.state, target));
}

function removalOfOriginal(state: DeploymentState, target: ShiftTarget): Removal {
  return removalOf(state, target, strategyOf(state).service, serviceOf(target).originalTaskSetId);
}

function strategyOf({ strategy }: DeploymentState): EcsBlueGreen {
  invariant(strategy.type === "ecs-blue-green", "the strategy is of ECS");
  return strategy;
}
