import { type HostAttempt, LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { DeploymentState, TargetState } from "@sluice/engine/state.ts";
import { DEPLOYMENT_REQUEST } from "./columns/deployment-columns.ts";
import type { DeploymentRequest } from "./columns/deployment-request.ts";
import { GROUP_FIELDS } from "./columns/group-columns.ts";
import { compiledQuery } from "./compiled-query.ts";
import { lockDeploymentGroup } from "./deployment-groups.ts";
import type { DeploymentRow } from "./deployments.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import { replacementSelection } from "./new-deployment.ts";
import type { Store } from "./open-store.ts";
import type { GroupHostsTable } from "./schema.ts";
import { readStoredTarget } from "./stored-target.ts";

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

/** The last attempt of each of the hosts, by target id; a host without one is absent. */
export async function loadHostAttempts(
  { db }: Pick<Store, "db">,
  deploymentGroupId: string,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, HostAttempt>> {
  const attempts = new Map<string, HostAttempt>();
  for (const part of inListParts(targetIds)) {
    const rows = await db
      .selectFrom("group_hosts")
      .innerJoin("deployments", "deployments.deployment_id", "group_hosts.deployment_id")
      .leftJoin("targets", (join) =>
        join
          .onRef("targets.deployment_id", "=", "group_hosts.deployment_id")
          .onRef("targets.target_id", "=", "group_hosts.target_id"),
      )
      .select(["group_hosts.target_id", "group_hosts.revision_key", "healthy", "creator", "created_at"])
      .select("targets.state_json as target_json")
      .where("group_hosts.deployment_group_id", "=", deploymentGroupId)
      .where("group_hosts.target_id", "in", part)
      .execute();
    for (const row of rows) {
      attempts.set(row.target_id, {
        revisionKey: row.revision_key,
        succeeded: row.healthy === 1,
        deployedAt: row.created_at,
        creator: row.creator,
        agentIssue: row.target_json !== null && readStoredTarget(row.target_json).agentIssue,
      });
    }
  }
  return attempts;
}

/**
 * Written with the deployment that makes the attempts, whatever becomes of it: a deployment that ends before it reaches its hosts was their
 * attempt all the same, and is not made again and again.
 */
export async function recordAttemptsBegun(
  transaction: WriteTransaction,
  deployment: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
  targetIds: readonly string[],
): Promise<void> {
  const { deployment_id, deployment_group_id, revision_key } = deployment;
  const attempt = { deployment_id, healthy: 0, revision_key };
  await saveAttempts(
    transaction,
    targetIds.map((target_id) => ({ deployment_group_id, target_id, ...attempt })),
  );
}

/** Attempted hosts keep the health that their attempt gave them, a half-deployed one none; skipped ones keep what they had. */
export async function recordAttempts(
  transaction: WriteTransaction,
  deployment: Pick<DeploymentRow, "deployment_id" | "deployment_group_id" | "revision_key">,
  targets: readonly TargetState[],
): Promise<void> {
  const { deployment_id, deployment_group_id, revision_key } = deployment;
  const attempted = targets.filter(
    ({ status, lifecycleEvents }) =>
      (status === "Succeeded" || status === "Failed" || status === "Unknown") &&
      // A host whose traffic alone was moved has the revision that it had.
      lifecycleEvents.some(({ name }) => name === "Install"),
  );
  await saveAttempts(
    transaction,
    attempted.map(({ targetId: target_id, status }) => ({
      deployment_group_id,
      target_id,
      deployment_id,
      healthy: status === "Succeeded" ? 1 : 0,
      revision_key,
    })),
  );
}

/** Each the newest of its host. Each host is among them once. */
async function saveAttempts({ db }: WriteTransaction, rows: readonly GroupHostsTable[]): Promise<void> {
  const [first] = rows;
  if (first && rows.length === 1) await saveAttempt(db, first);
  else for (const part of inListParts(rows)) await savingAttempts(db, part).execute();
}

const saveAttempt = compiledQuery(
  (db, { deployment_group_id, target_id, deployment_id, healthy, revision_key }: GroupHostsTable) =>
    savingAttempts(db, [{ deployment_group_id, target_id, deployment_id, healthy, revision_key }]),
);

const savingAttempts = (db: Store["db"], rows: readonly GroupHostsTable[]) =>
  db
    .insertInto("group_hosts")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["deployment_group_id", "target_id"]).doUpdateSet((expression) => ({
        deployment_id: expression.ref("excluded.deployment_id"),
        healthy: expression.ref("excluded.healthy"),
        revision_key: expression.ref("excluded.revision_key"),
      })),
    );

/** The group follows its deployments: what was attempted last, what succeeded last, and the revision that it has now. */
export async function recordOutcome(
  transaction: WriteTransaction,
  row: DeploymentRow,
  { status, strategy, targets }: Pick<DeploymentState, "status" | "strategy" | "targets">,
): Promise<void> {
  // Late hosts were brought to what the group has, and a group that was rolled back stays so.
  if (row.creator === LATE_HOSTS_CREATOR) return;
  // The way back of a blue/green deployment installs nothing: the group is where it was before that deployment.
  if (status !== "Succeeded" || strategy.type === "blue-green-rollback") return;
  await transaction.db
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
  const { targetInstances } = DEPLOYMENT_REQUEST.read(row);
  await adoptReplacements(transaction, row.deployment_group_id, targetInstances, targets ?? []);
}

/** The replacement hosts are the group's from now on, and the originals are not: its tags select them, as CodeDeploy does with fleets. */
async function adoptReplacements(
  transaction: WriteTransaction,
  deploymentGroupId: string,
  targetInstances: DeploymentRequest["targetInstances"],
  targets: readonly TargetState[],
): Promise<void> {
  const { db } = transaction;
  // Somebody may be changing the group's other fields at this moment.
  const group = await lockDeploymentGroup(transaction, deploymentGroupId);
  if (!group) return;
  const { ec2TagFilters: _, ec2TagSet: __, ...fields } = GROUP_FIELDS.read(group);
  await db
    .updateTable("deployment_groups")
    .set({ fields_json: GROUP_FIELDS.write({ ...fields, ...replacementSelection(targetInstances) }) })
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
