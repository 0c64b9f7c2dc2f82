import type { LambdaFunctionInfo } from "@aws-sdk/client-codedeploy";
import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import type { LambdaAliasTarget } from "@sluice/engine/state.ts";
import type { LambdaAliases } from "../../../platforms/lambda-aliases.ts";

/**
 * The versions, and the share that the alias gives to the new one now, whoever changed it; what the deployment set last where nobody can
 * say. Once the deployment has ended the alias is others' to change: then it is the share that it left.
 */
export async function lambdaFunctionInfo(
  { functionName, aliasName, currentVersion, targetVersion, shift }: LambdaAliasTarget,
  hasEnded: boolean,
  aliases: LambdaAliases,
): Promise<LambdaFunctionInfo> {
  const routing = hasEnded ? undefined : await aliases.look({ functionName, aliasName });
  const percent = routing === undefined ? shift.percent : percentOf(targetVersion, routing);
  return { functionName, functionAlias: aliasName, currentVersion, targetVersion, targetVersionWeight: percent / 100 };
}

function percentOf(version: string, routing: AliasRouting | null): number {
  if (!routing) return 0;
  const ofSecond = routing.second?.percent ?? 0;
  if (routing.version === version) return 100 - ofSecond;
  return routing.second?.version === version ? ofSecond : 0;
}
