import type { DeploymentStatus } from "@sluice/engine/state.ts";
import { type Kysely, type SqlBool, sql } from "kysely";
import { compiledListQuery, compiledQuery } from "./compiled-query.ts";
import { type DeploymentRow, oneDeployment } from "./deployments.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { LEFT_BEHIND, markRemoved } from "./removed-deployments.ts";
import type { Database } from "./schema.ts";

/** Deployments that go with their group at once, and not step by step. */
const MAX_DELETED_AT_ONCE = 20;

export async function findDeployment(db: Kysely<Database>, deploymentId: string): Promise<DeploymentRow | undefined> {
  const { rows } = await oneDeployment(db, { deploymentId });
  return rows[0];
}

export async function findDeployments(
  db: Kysely<Database>,
  deploymentIds: readonly string[],
): Promise<DeploymentRow[]> {
  if (deploymentIds.length === 0) return [];
  return (await deploymentsByIds(db, deploymentIds)).rows;
}

const deploymentsByIds = compiledListQuery((db, deploymentIds) =>
  db.selectFrom("deployments").selectAll().where("deployment_id", "in", deploymentIds),
);

/** How many targets of each deployment are in each status; a deployment without targets is left out. */
export async function countTargetsByStatus(
  db: Kysely<Database>,
  deploymentIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const counts = new Map<string, Map<string, number>>();
  if (deploymentIds.length === 0) return counts;
  const { rows } = await targetsByStatus(db, deploymentIds);
  for (const row of rows) {
    const byStatus = counts.get(row.deployment_id) ?? new Map<string, number>();
    counts.set(row.deployment_id, byStatus.set(row.status, Number(row.count)));
  }
  return counts;
}

const targetsByStatus = compiledListQuery((db, deploymentIds) =>
  db
    .selectFrom("targets")
    .select(["deployment_id", "status", (expression) => expression.fn.countAll().as("count")])
    .where("deployment_id", "in", deploymentIds)
    .groupBy(["deployment_id", "status"]),
);

/** The one deployment of a group that is not over. */
export async function findActiveDeploymentId(
  db: Kysely<Database>,
  deploymentGroupId: string,
): Promise<string | undefined> {
  const { rows } = await activeOfGroup(db, { deploymentGroupId });
  return rows[0]?.deployment_id;
}

/** Written out, so that both databases see that the partial index will do: otherwise every deployment of the group is read. */
const activeOfGroup = compiledQuery((db, { deploymentGroupId }: { readonly deploymentGroupId: string }) =>
  db
    .selectFrom("deployments")
    .select("deployment_id")
    .where("deployment_group_id", "=", deploymentGroupId)
    .where(sql<SqlBool>`active = 1`),
);

export interface DeploymentPosition {
  readonly createdAt: number;
  readonly deploymentId: string;
}

export interface DeploymentSelection {
  readonly deploymentGroupId?: string | undefined;
  readonly externalId?: string | undefined;
  /** Absent: all of them. */
  readonly statuses?: readonly DeploymentStatus[] | undefined;
  /** Epoch milliseconds, both inclusive. */
  readonly createdFrom?: number | undefined;
  readonly createdTo?: number | undefined;
  /** The last deployment of the page before. */
  readonly after?: DeploymentPosition | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listDeployments(
  db: Kysely<Database>,
  selection: DeploymentSelection,
): Promise<DeploymentPosition[]> {
  const { deploymentGroupId, externalId, statuses, createdFrom, createdTo, after, limit } = selection;
  let query = db.selectFrom("deployments").select(["created_at as createdAt", "deployment_id as deploymentId"]);
  if (deploymentGroupId !== undefined) query = query.where("deployment_group_id", "=", deploymentGroupId);
  if (externalId !== undefined) query = query.where("external_id", "=", externalId);
  if (statuses !== undefined) query = query.where("status", "in", statuses);
  if (createdFrom !== undefined) query = query.where("created_at", ">=", createdFrom);
  if (createdTo !== undefined) query = query.where("created_at", "<=", createdTo);
  if (after !== undefined) {
    query = query.where(sql<SqlBool>`(created_at, deployment_id) < (${after.createdAt}, ${after.deploymentId})`);
  }
  return query.orderBy("created_at", "desc").orderBy("deployment_id", "desc").limit(limit).execute();
}

/** Deployments of which the target was one, the newest first. */
export async function listDeploymentsOfTarget(
  db: Kysely<Database>,
  targetId: string,
  limit: number,
): Promise<DeploymentRow[]> {
  return db
    .selectFrom("targets")
    .innerJoin("deployments", "deployments.deployment_id", "targets.deployment_id")
    .selectAll("deployments")
    .where("targets.target_id", "=", targetId)
    .orderBy("deployments.created_at", "desc")
    .orderBy("deployments.deployment_id", "desc")
    .limit(limit)
    .execute();
}

export async function renameApplicationInDeployments(
  db: Kysely<Database>,
  applicationId: string,
  applicationName: string,
): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ application_name: applicationName })
    .where("application_id", "=", applicationId)
    .execute();
}

/**
 * All of a group's deployments, for every reader at once. What is under way ends here: its hosts are offered nothing more. The deployments
 * go first, because that waits for a plan that is being written, whose targets then go too. Of a long history only the newest ones, and
 * with them what is under way, are deleted whole in this transaction; what the others leave behind is removed step by step afterwards.
 * @returns those of which nothing but their output is left
 */
export async function removeDeploymentsOfGroup(
  transaction: WriteTransaction,
  deploymentGroupId: string,
  now: number,
): Promise<string[]> {
  const { db } = transaction;
  const removed = await db
    .deleteFrom("deployments")
    .where("deployment_group_id", "=", deploymentGroupId)
    .returning(["deployment_id", "created_at"])
    .execute();
  const ids = removed.toSorted((a, b) => b.created_at - a.created_at).map((row) => row.deployment_id);
  const newest = ids.slice(0, MAX_DELETED_AT_ONCE);
  for (const { table } of LEFT_BEHIND) {
    if (newest.length > 0) await db.deleteFrom(table).where("deployment_id", "in", newest).execute();
  }
  await markRemoved(transaction, ids.slice(MAX_DELETED_AT_ONCE), now);
  return newest;
}
