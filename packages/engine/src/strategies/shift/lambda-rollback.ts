import { invariant } from "@sluice/model/invariant.ts";
import type { DeploymentState } from "../../state.ts";
import { LAMBDA_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { lambdaBackPhase } from "./lambda-phase.ts";
import { lambdaBackStart } from "./lambda-start.ts";
import { aliasOf } from "./phase.ts";
import { shiftLeft } from "./shift-messages.ts";
import type { ShiftPhases } from "./shift-phases.ts";
import type { LambdaRollback } from "./shift-strategies.ts";

/** The way back of a Lambda deployment: the alias is as it was before it. */
export const LAMBDA_ROLLBACK: ShiftPhases = {
  timeoutMilliseconds: LAMBDA_TIMEOUT_MILLISECONDS,

  start: (state) => lambdaBackStart(strategyOf(state)),

  phaseOf: (at) => lambdaBackPhase({ ...at, target: aliasOf(at.target) }, strategyOf(at.state)),

  proceed: (draft) => draft.decide({ type: "deploymentSucceeded" }),

  describeHalt: shiftLeft,
};

function strategyOf({ strategy }: DeploymentState): LambdaRollback {
  invariant(strategy.type === "lambda-rollback", "the strategy is a Lambda rollback");
  return strategy;
}
