import { decideRollback, ROLLBACK_CREATOR, type RollbackEvent, rollbackMessages } from "@sluice/engine/rollback.ts";
import type { DeploymentState, Strategy } from "@sluice/engine/state.ts";
import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { shiftBack } from "@sluice/engine/strategies/shift/shift-rollback.ts";
import { DEFAULT_CONFIG_NAMES } from "@sluice/model/deployment-config.ts";
import {
  DEPLOYMENT_INTENT,
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
} from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { TARGET_REVISION } from "../store/columns/group-columns.ts";
import type { DeploymentRow } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { insertNewDeployment } from "../store/new-deployment.ts";
import { markRolledBack } from "../store/rolled-back-groups.ts";

/**
 * In the transaction in which a deployment ended: starts its rollback where one is due, so that no death of a server can come between
 * the two. A rollback is an ordinary new deployment of the group's last successful revision, linked both ways.
 * @returns whether a deployment was added, which is due at once
 */
export async function startRollback(
  transaction: WriteTransaction,
  row: DeploymentRow,
  ended: DeploymentState,
  newDeploymentId: () => string,
  at: number,
): Promise<boolean> {
  const { db } = transaction;
  const group = await db
    .selectFrom("deployment_groups")
    .selectAll()
    .where("deployment_group_id", "=", row.deployment_group_id)
    .executeTakeFirst();
  const application = await db
    .selectFrom("applications")
    .selectAll()
    .where("application_id", "=", row.application_id)
    .executeTakeFirst();
  // Deleted in the meantime: there is nobody to go back for.
  if (!group || !application) return false;
  const request = DEPLOYMENT_REQUEST.read(row);
  const intent = DEPLOYMENT_INTENT.read(row);
  const decision = decideRollback(ended, {
    creator: row.creator,
    events: rollbackEvents(request),
    afterStop: intent?.rollBackAfterStop,
    hasLastSuccess: group.target_revision_json !== null,
  });
  if (decision.decision === "none") return false;
  if (decision.decision === "refused") {
    await linkRollback(transaction, row.deployment_id, { rollbackMessage: decision.message });
    return false;
  }

  const strategy = strategyBack(ended);
  const rollbackDeploymentId = newDeploymentId();
  const messages = rollbackMessages(row.deployment_id, rollbackDeploymentId);
  await linkRollback(transaction, row.deployment_id, { rollbackDeploymentId, rollbackMessage: messages.onFailed });
  await insertNewDeployment(transaction, {
    deploymentId: rollbackDeploymentId,
    application,
    group,
    creator: ROLLBACK_CREATOR,
    // The originals of a group that never had a success run what they run, and no revision is installed on the way back.
    revision: TARGET_REVISION.read(group) ?? DEPLOYMENT_REVISION.read(row),
    strategy,
    // What called for the rollback may well still fire; it must not stop the way back.
    alarms: null,
    request: {
      ...(await requestOf(transaction, group.last_successful_deployment_id, request)),
      ignoreApplicationStopFailures: true,
      // As AWS says of it: all traffic goes back at once.
      ...(strategy.type === "ecs-rollback" ? { deploymentConfigName: DEFAULT_CONFIG_NAMES.ECS } : {}),
      ...(strategy.type === "lambda-rollback" ? { deploymentConfigName: DEFAULT_CONFIG_NAMES.Lambda } : {}),
      autoRollbackConfiguration: undefined,
      description: undefined,
    },
    // It goes to the hosts that the deployment went to.
    intent: intent?.onlyHosts && { onlyHosts: intent.onlyHosts },
    externalId: row.external_id,
    statusMessages: [],
    rollbackInfo: { rollbackTriggeringDeploymentId: row.deployment_id, rollbackMessage: messages.onRollback },
    createdAt: at,
  });
  const reason = `${ended.status}: ${ended.error?.code ?? "no code"}`;
  await markRolledBack(transaction, group.deployment_group_id, {
    deploymentId: row.deployment_id,
    rollbackDeploymentId,
    reason,
    at,
  });
  return true;
}

/** In place the old revision is deployed as the new one was, without lingering in zones; otherwise the traffic goes back. */
function strategyBack(ended: DeploymentState): Strategy {
  const { strategy } = ended;
  if (strategy.type === "ecs-blue-green" || strategy.type === "lambda-shift") return shiftBack(ended, strategy);
  const { healthRule } = hostRulesOf(ended);
  // What stops a rollout must not stop its undoing.
  const rules = { healthRule, ignoreApplicationStopFailures: true };
  return strategy.type === "in-place"
    ? { ...strategy, zones: null, ...rules }
    : { type: "blue-green-rollback", ...rules };
}

function rollbackEvents({ autoRollbackConfiguration }: DeploymentRequest): readonly RollbackEvent[] {
  return autoRollbackConfiguration?.enabled ? ((autoRollbackConfiguration.events ?? []) as RollbackEvent[]) : [];
}

/** The rollback reuses what the deployment that it goes back to said of files that exist; the pace is the failed one's. */
async function requestOf(
  { db }: WriteTransaction,
  lastSuccessId: string | null,
  failed: DeploymentRequest,
): Promise<DeploymentRequest> {
  const row = lastSuccessId
    ? await db
        .selectFrom("deployments")
        .select(["deployment_id", "request_json"])
        .where("deployment_id", "=", lastSuccessId)
        .executeTakeFirst()
    : undefined;
  if (!row) return failed;
  const { fileExistsBehavior } = DEPLOYMENT_REQUEST.read(row);
  return { ...failed, fileExistsBehavior, updateOutdatedInstancesOnly: false };
}

async function linkRollback(
  { db }: WriteTransaction,
  deploymentId: string,
  rollbackInfo: { readonly rollbackDeploymentId?: string; readonly rollbackMessage: string },
): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ rollback_json: DEPLOYMENT_ROLLBACK.write(rollbackInfo) })
    .where("deployment_id", "=", deploymentId)
    .execute();
}
