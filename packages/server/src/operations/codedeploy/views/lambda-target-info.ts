import type { LambdaFunctionInfo } from "@aws-sdk/client-codedeploy";
import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { LambdaAliasTarget, Strategy } from "@sluice/engine/state.ts";
import type { LambdaRollback, LambdaShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { LambdaAliases } from "../../../platforms/lambda-aliases.ts";

export function isOfLambda(strategy: Strategy): strategy is LambdaShift | LambdaRollback {
  return strategy.type === "lambda-shift" || strategy.type === "lambda-rollback";
}

/**
 * The versions, and the share that the alias gives to the new one now, whoever changed it; what the deployment set last where nobody can
 * say. Once the deployment has ended the alias is others' to change: then it is the share that it left.
 * @param alias null: nobody is asked how it routes
 */
export async function lambdaFunctionInfo(
  { functionName, aliasName, currentVersion, targetVersion, shift }: LambdaAliasTarget,
  alias: LambdaAlias | null,
  aliases: LambdaAliases,
): Promise<LambdaFunctionInfo> {
  const routing = alias ? await aliases.look(alias) : undefined;
  const percent = routing === undefined ? shift.percent : percentOf(targetVersion, routing);
  return { functionName, functionAlias: aliasName, currentVersion, targetVersion, targetVersionWeight: percent / 100 };
}

function percentOf(version: string, routing: AliasRouting | null): number {
  if (!routing) return 0;
  const ofSecond = routing.second?.percent ?? 0;
  if (routing.version === version) return 100 - ofSecond;
  return routing.second?.version === version ? ofSecond : 0;
}
