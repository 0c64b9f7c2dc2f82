import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { functionNameOf } from "@sluice/model/lambda-names.ts";
import type { Store } from "../store/open-store.ts";
import { loadTargets } from "../store/targets.ts";

/** Who has left an alias weighted is one of the group's last deployments, or not known here. */
const MAX_SEARCHED_DEPLOYMENTS = 10;

/** The deployment of the group that ended with the alias as it is now; undefined: none is known to have. */
export async function leaverOfWeights(
  store: Store,
  deploymentGroupId: string,
  alias: LambdaAlias,
  routing: AliasRouting,
): Promise<string | undefined> {
  const ended = await store.db
    .selectFrom("deployments")
    .select("deployment_id")
    .where("deployment_group_id", "=", deploymentGroupId)
    .where("active", "=", 0)
    .where("status", "!=", "Succeeded")
    .orderBy("created_at", "desc")
    .limit(MAX_SEARCHED_DEPLOYMENTS)
    .execute();
  for (const { deployment_id: deploymentId } of ended) {
    const targets = (await loadTargets(store, deploymentId)) ?? [];
    if (targets.some((target) => hasLeft(target, alias, routing))) return deploymentId;
  }
  return undefined;
}

/** What was asked for last may have come after the end. */
function hasLeft(target: TargetState, { functionName, aliasName }: LambdaAlias, { version, second }: AliasRouting) {
  if (target.type !== "lambda-alias" || target.aliasName !== aliasName) return false;
  if (target.functionName !== (functionNameOf(functionName) ?? functionName)) return false;
  const { percent, asked } = target.shift;
  const isAtItsWeight = second?.percent === percent || second?.percent === asked?.percent;
  return target.currentVersion === version && target.targetVersion === second?.version && isAtItsWeight;
}
