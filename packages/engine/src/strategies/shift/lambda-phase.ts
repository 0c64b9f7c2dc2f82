import type { LambdaAliasTarget } from "../../state.ts";
import { WEIGHTS_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { hookPhase } from "./hook-phase.ts";
import { type AtWork, ofCommand, type Phase, succeeded, type Trouble } from "./phase.ts";
import type { LambdaRollback, LambdaShift } from "./shift-strategies.ts";
import { type WeightsEffect, weightsBackPhase, weightsPhase } from "./weights-phase.ts";

type LambdaAtWork = AtWork<LambdaAliasTarget>;

const MINUTE = 60_000;

/** The event that a Lambda deployment is at. */
export function lambdaPhase(at: LambdaAtWork, strategy: LambdaShift): Phase {
  if (at.command.event !== "AllowTraffic") return hookPhase(at, strategy);
  return weightsPhase(at, strategy.schedule, aliasEffect(at, strategy), aliasTrouble(strategy)) ?? over(at);
}

/** The one event of a Lambda rollback: the alias is as it was. */
export function lambdaBackPhase(at: LambdaAtWork, strategy: LambdaRollback): Phase {
  return weightsBackPhase(at, aliasEffect(at, strategy), aliasTrouble(strategy)) ?? over(at);
}

function over(at: LambdaAtWork): Phase {
  return { kind: "decide", events: [succeeded(at)] };
}

function aliasEffect(at: LambdaAtWork, { alias }: LambdaShift | LambdaRollback): WeightsEffect {
  const { currentVersion, targetVersion } = at.target;
  return (step, percent) => ({
    kind: "setAliasWeights",
    ...ofCommand(at, `weights/${step}`),
    step,
    alias,
    shift: { currentVersion, targetVersion, percent },
  });
}

function aliasTrouble({ alias: { functionName, aliasName } }: LambdaShift | LambdaRollback): Trouble {
  const alias = `The alias ${aliasName} of ${functionName}`;
  return {
    code: "INVALID_LAMBDA_CONFIGURATION",
    refused: `${alias} could not be shifted`,
    overdue: `${alias} was not shifted within ${WEIGHTS_TIMEOUT_MILLISECONDS / MINUTE} minutes`,
  };
}
