import { type Kysely, sql } from "kysely";

/** Keys of people and their sessions in the console; reasons that people gave; the settings that deployments were created with. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE access_keys ADD COLUMN description text`.execute(db);

  await db.schema
    .createTable("console_links")
    .addColumn("secret_sha256", "text", (column) => column.primaryKey())
    .addColumn("access_key_id", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("console_sessions")
    .addColumn("cookie_sha256", "text", (column) => column.primaryKey())
    .addColumn("secret_sha256", "text", (column) => column.notNull())
    .addColumn("access_key_id", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("used_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("console_sessions_by_key").on("console_sessions").column("access_key_id").execute();

  await db.schema
    .createTable("deployment_notes")
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("ordinal", "integer", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("access_key_id", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("deployment_notes_key", ["deployment_id", "ordinal"])
    .execute();

  await db.schema
    .createTable("deployment_snapshots")
    .addColumn("deployment_id", "text", (column) => column.primaryKey())
    .addColumn("taken_at", "bigint", (column) => column.notNull())
    .addColumn("snapshot_json", "text", (column) => column.notNull())
    .execute();

  // The deployments of a host.
  await db.schema.createIndex("targets_by_target").on("targets").columns(["target_id", "deployment_id"]).execute();
}
