import { invariant } from "@sluice/model/invariant.ts";
import type { DeploymentState } from "../../state.ts";
import { LAMBDA_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { lambdaPhase } from "./lambda-phase.ts";
import { lambdaStart } from "./lambda-start.ts";
import { aliasOf } from "./phase.ts";
import { shiftLeft } from "./shift-messages.ts";
import type { ShiftPhases } from "./shift-phases.ts";
import type { LambdaShift } from "./shift-strategies.ts";

/** An alias' traffic moves from one version of its function to another by the schedule. */
export const LAMBDA_SHIFT: ShiftPhases = {
  timeoutMilliseconds: LAMBDA_TIMEOUT_MILLISECONDS,

  start(state, resolution) {
    invariant(resolution.outcome === "lambda-alias", "a Lambda deployment starts from an alias");
    return lambdaStart(strategyOf(state), resolution.facts);
  },

  phaseOf: (at) => lambdaPhase({ ...at, target: aliasOf(at.target) }, strategyOf(at.state)),

  proceed: (draft) => draft.decide({ type: "deploymentSucceeded" }),

  describeHalt: shiftLeft,
};

function strategyOf({ strategy }: DeploymentState): LambdaShift {
  invariant(strategy.type === "lambda-shift", "the strategy is of Lambda");
  return strategy;
}
