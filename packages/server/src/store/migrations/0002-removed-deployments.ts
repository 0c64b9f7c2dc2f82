import type { Kysely } from "kysely";

/** Deployments that are gone for every reader, and of which targets, effects, events and output are being removed step by step. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("removed_deployments")
    .addColumn("deployment_id", "text", (column) => column.primaryKey())
    .addColumn("removed_at", "bigint", (column) => column.notNull())
    .execute();
}
