import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { DeploymentState, TargetState } from "@sluice/engine/state.ts";
import type { DeploymentRow } from "./deployments.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { type DeploymentRequest, replacementSelection } from "./new-deployment.ts";
import type { Store } from "./open-store.ts";

export interface HostHistory {
  readonly healthy: boolean;
  readonly revisionKey: string;
}

/** What each host's last attempt in the group left, by target id. */
export async function loadHostHistory(
  { db }: Pick<Store, "db">,
  deploymentGroupId: string,
): Promise<ReadonlyMap<string, HostHistory>> {
  const rows = await db
    .selectFrom("group_hosts")
    .selectAll()
    .where("deployment_group_id", "=", deploymentGroupId)
    .execute();
  return new Map(rows.map((row) => [row.target_id, { healthy: row.healthy === 1, revisionKey: row.revision_key }]));
}

/** Attempted hosts keep the health that their attempt gave them; skipped ones keep what they had. */
export async function recordAttempts(
  { db }: WriteTransaction,
  deployment: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
  targets: readonly TargetState[],
): Promise<void> {
  for (const target of targets) {
    if (target.status !== "Succeeded" && target.status !== "Failed") continue;
    // A host whose traffic alone was moved has the revision that it had.
    if (!target.lifecycleEvents.some(({ name }) => name === "Install")) continue;
    const attempt = {
      deployment_id: deployment.deployment_id,
      healthy: target.status === "Succeeded" ? 1 : 0,
      revision_key: deployment.revision_key,
    };
    await db
      .insertInto("group_hosts")
      .values({ deployment_group_id: deployment.deployment_group_id, target_id: target.targetId, ...attempt })
      .onConflict((conflict) => conflict.columns(["deployment_group_id", "target_id"]).doUpdateSet(attempt))
      .execute();
  }
}

/** The group follows its deployments: what was attempted last, what succeeded last, and the revision that it has now. */
export async function recordOutcome(
  { db }: WriteTransaction,
  row: DeploymentRow,
  { status, strategy, targets }: Pick<DeploymentState, "status" | "strategy" | "targets">,
): Promise<void> {
  // The way back of a blue/green deployment installs nothing: the group is where it was before that deployment.
  if (status !== "Succeeded" || strategy.type === "blue-green-rollback") return;
  await db
    .updateTable("deployment_groups")
    .set({
      target_revision_json: row.revision_json,
      last_successful_deployment_id: row.deployment_id,
      // A rollback that went well restores the old state; the failure that called for it stays until something new succeeds.
      ...(row.creator === ROLLBACK_CREATOR ? {} : { rolled_back_json: null }),
    })
    .where("deployment_group_id", "=", row.deployment_group_id)
    .execute();
  if (strategy.type !== "blue-green") return;
  const { targetInstances } = JSON.parse(row.request_json) as DeploymentRequest;
  await adoptReplacements({ db }, row.deployment_group_id, targetInstances, targets ?? []);
}

/** The replacement hosts are the group's from now on, and the originals are not: its tags select them, as CodeDeploy does with fleets. */
async function adoptReplacements(
  { db }: Pick<WriteTransaction, "db">,
  deploymentGroupId: string,
  targetInstances: DeploymentRequest["targetInstances"],
  targets: readonly TargetState[],
): Promise<void> {
  const group = await db
    .selectFrom("deployment_groups")
    .select("fields_json")
    .where("deployment_group_id", "=", deploymentGroupId)
    .executeTakeFirstOrThrow();
  const { ec2TagFilters: _, ec2TagSet: __, ...fields } = JSON.parse(group.fields_json) as Record<string, unknown>;
  await db
    .updateTable("deployment_groups")
    .set({ fields_json: JSON.stringify({ ...fields, ...replacementSelection(targetInstances) }) })
    .where("deployment_group_id", "=", deploymentGroupId)
    .execute();
  const originals = targets.filter(({ label }) => label === "Blue").map(({ targetId }) => targetId);
  if (originals.length === 0) return;
  await db
    .deleteFrom("group_hosts")
    .where("deployment_group_id", "=", deploymentGroupId)
    .where("target_id", "in", originals)
    .execute();
}
