import { sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import type { Store } from "./open-store.ts";

/** What a deployment leaves behind, by the column that tells one row from another. */
export const LEFT_BEHIND = [
  { table: "events", key: "event_id" },
  { table: "targets", key: "target_id" },
  { table: "effects", key: "effect_key" },
  { table: "deployment_notes", key: "ordinal" },
  { table: "deployment_snapshots", key: "deployment_id" },
] as const;

/** Nobody finds the deployments any more; what they left behind is removed step by step, by this server or the next one. */
export async function markRemoved(
  { db }: WriteTransaction,
  deploymentIds: readonly string[],
  removedAt: number,
): Promise<void> {
  for (const part of inListParts(deploymentIds)) {
    await db
      .insertInto("removed_deployments")
      .values(part.map((deployment_id) => ({ deployment_id, removed_at: removedAt })))
      .onConflict((conflict) => conflict.column("deployment_id").doNothing())
      .execute();
  }
}

/** Those that were removed first. */
export async function listRemoved({ db }: Pick<Store, "db">, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("removed_deployments")
    .select("deployment_id")
    .orderBy("removed_at")
    .orderBy("deployment_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.deployment_id);
}

/**
 * Deletes up to `rowsMax` rows of what the deployments left behind.
 * @returns those of which no row is left
 */
export async function deleteLeftBehind(
  { db }: WriteTransaction,
  deploymentIds: readonly string[],
  rowsMax: number,
): Promise<string[]> {
  const emptied: string[] = [];
  let rowsLeft = rowsMax;
  for (const deploymentId of deploymentIds) {
    for (const { table, key } of LEFT_BEHIND) {
      const { numAffectedRows = 0n } = await sql`
        DELETE FROM ${sql.table(table)} WHERE deployment_id = ${deploymentId} AND ${sql.ref(key)} IN (
          SELECT ${sql.ref(key)} FROM ${sql.table(table)} WHERE deployment_id = ${deploymentId} LIMIT ${rowsLeft}
        )`.execute(db);
      rowsLeft -= Number(numAffectedRows);
      if (rowsLeft <= 0) return emptied;
    }
    emptied.push(deploymentId);
  }
  return emptied;
}

/** Nothing is left of them, output included. */
export async function forgetRemoved({ db }: WriteTransaction, deploymentIds: readonly string[]): Promise<void> {
  for (const part of inListParts(deploymentIds)) {
    await db.deleteFrom("removed_deployments").where("deployment_id", "in", part).execute();
  }
}

/** Whether there is or was any, as far as the database remembers. */
export async function knowsAnyDeployment({ db }: Pick<Store, "db">): Promise<boolean> {
  for (const table of ["deployments", "removed_deployments"] as const) {
    if (await db.selectFrom(table).select("deployment_id").limit(1).executeTakeFirst()) return true;
  }
  return false;
}

/** Those of the ids that no deployment has, not even one that is being removed. */
export async function withoutDeployment(
  { db }: Pick<Store, "db">,
  deploymentIds: readonly string[],
): Promise<string[]> {
  const known = new Set<string>();
  for (const part of inListParts(deploymentIds)) {
    for (const table of ["deployments", "removed_deployments"] as const) {
      const rows = await db.selectFrom(table).select("deployment_id").where("deployment_id", "in", part).execute();
      for (const row of rows) known.add(row.deployment_id);
    }
  }
  return deploymentIds.filter((id) => !known.has(id));
}
