import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { type Kysely, type SqlBool, sql } from "kysely";
import { ROLLED_BACK, TARGET_REVISION } from "../store/columns/group-columns.ts";
import { readDeliveryCursor } from "../store/deliveries.ts";
import { type DeploymentGroupRow, lockDeploymentGroup } from "../store/deployment-groups.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { markRemoved } from "../store/removed-deployments.ts";
import type { Database } from "../store/schema.ts";
import type { Expiry } from "./retention-rule.ts";

type Reader = Kysely<Database>;

interface ExpiredDeployment {
  readonly deploymentId: string;
  readonly createdAt: number;
  readonly isSuccess: boolean;
  readonly revisionKey: string;
}

/**
 * Takes up to `limit` of a group's expired deployments away from every reader, the oldest first, all or nothing. What is left of them is
 * removed later.
 */
export async function removeExpired(
  transaction: WriteTransaction,
  groupId: string,
  expiry: Expiry,
  { limit, now }: { readonly limit: number; readonly now: number },
): Promise<string[]> {
  const group = await lockDeploymentGroup(transaction, groupId);
  if (!group) return [];
  const expired = await findExpired(transaction.db, group, expiry, limit);
  if (expired.length === 0) return [];
  const removed = await transaction.db
    .deleteFrom("deployments")
    .where(
      "deployment_id",
      "in",
      expired.map(({ deploymentId }) => deploymentId),
    )
    .where("active", "=", 0)
    .returning("deployment_id")
    .execute();
  const ids = removed.map((row) => row.deployment_id);
  await markRemoved(transaction, ids, now);
  return ids;
}

/** A group's deployments that the rule no longer keeps and nothing else needs, the oldest first. */
export async function findExpired(
  db: Reader,
  group: DeploymentGroupRow,
  expiry: Expiry,
  limit: number,
): Promise<ExpiredDeployment[]> {
  const crowdedOut = expiry.newestKept === null ? undefined : await newestBeyond(db, group, expiry.newestKept);
  const createdUntil = Math.max(expiry.endedBefore, crowdedOut?.createdAt ?? 0);
  const endedAt = sql<number>`COALESCE(completed_at, created_at)`;
  const rows = await db
    .selectFrom("deployments")
    .select(["deployment_id", "created_at", "status", "revision_key", "creator"])
    .where("deployment_group_id", "=", group.deployment_group_id)
    // So that no more of the group than what may be too old is looked at.
    .where("created_at", "<=", createdUntil)
    .where("active", "=", 0)
    .where(endedAt, "<", expiry.settledBefore)
    .where((expression) =>
      expression.or([
        expression(endedAt, "<", expiry.endedBefore),
        ...(crowdedOut
          ? [sql<SqlBool>`(created_at, deployment_id) <= (${crowdedOut.createdAt}, ${crowdedOut.deploymentId})`]
          : []),
      ]),
    )
    .where("deployment_id", "not in", namedByGroup(group))
    .where("deployment_id", "not in", (query) =>
      query
        .selectFrom("group_hosts")
        .select("group_hosts.deployment_id")
        .where("group_hosts.deployment_group_id", "=", group.deployment_group_id),
    )
    .where(isNeededByEffects, "=", false)
    .where(isNeededByMessages(await readDeliveryCursor({ db })), "=", false)
    .orderBy("created_at")
    .orderBy("deployment_id")
    .limit(limit)
    .execute();
  const expired = rows.map((row) => ({
    deploymentId: row.deployment_id,
    createdAt: row.created_at,
    isSuccess: row.status === "Succeeded" && row.creator !== ROLLBACK_CREATOR,
    revisionKey: row.revision_key,
  }));
  return withoutWayBack(db, group, expired);
}

/** The newest deployment beyond those that the rule keeps; undefined when there are not so many. */
async function newestBeyond(
  db: Reader,
  group: DeploymentGroupRow,
  kept: number,
): Promise<Pick<ExpiredDeployment, "createdAt" | "deploymentId"> | undefined> {
  return db
    .selectFrom("deployments")
    .select(["created_at as createdAt", "deployment_id as deploymentId"])
    .where("deployment_group_id", "=", group.deployment_group_id)
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .offset(kept)
    .limit(1)
    .executeTakeFirst();
}

/**
 * GetDeploymentGroup shows the last attempt and the last success; a rollback and late hosts read what the latter was asked. A group that
 * was rolled back names both deployments until a person acknowledges it.
 */
function namedByGroup(group: DeploymentGroupRow): readonly string[] {
  const rolledBack = ROLLED_BACK.read(group);
  const named = [
    group.last_attempted_deployment_id,
    group.last_successful_deployment_id,
    rolledBack?.deploymentId,
    rolledBack?.rollbackDeploymentId,
  ].filter((id): id is string => typeof id === "string");
  // An IN list has one value at least; no deployment has this id.
  return named.length > 0 ? named : [""];
}

/** A balancer or a cloud may still do what it was asked for: the group's next deployment waits for it. */
const isNeededByEffects = sql<boolean>`EXISTS (SELECT 1 FROM effects WHERE effects.deployment_id = deployments.deployment_id AND outcome_json IS NULL)`;

/** Its messages have not all been made, or not all been sent. */
function isNeededByMessages(cursor: number) {
  return sql<boolean>`(
    EXISTS (SELECT 1 FROM deliveries WHERE deliveries.deployment_id = deployments.deployment_id AND deliveries.status = 'pending')
    OR EXISTS (SELECT 1 FROM events WHERE events.deployment_id = deployments.deployment_id
      AND events.sequence = deployments.last_sequence AND events.event_id > ${cursor})
  )`;
}

/** `sluice rollback` goes back to the newest success whose revision is not what the group has: that one stays. */
async function withoutWayBack(
  db: Reader,
  group: DeploymentGroupRow,
  expired: readonly ExpiredDeployment[],
): Promise<ExpiredDeployment[]> {
  const revision = TARGET_REVISION.read(group);
  if (revision === null) return [...expired];
  const current = revisionKey(revision);
  // Looked up only when it may be among them: a group that deploys one revision again and again has none.
  if (!expired.some((one) => one.isSuccess && one.revisionKey !== current)) return [...expired];
  const wayBack = await db
    .selectFrom("deployments")
    .select("deployment_id")
    .where("deployment_group_id", "=", group.deployment_group_id)
    .where("status", "=", "Succeeded")
    .where("creator", "!=", ROLLBACK_CREATOR)
    .where("revision_key", "!=", current)
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .limit(1)
    .executeTakeFirst();
  return expired.filter(({ deploymentId }) => deploymentId !== wayBack?.deployment_id);
}
