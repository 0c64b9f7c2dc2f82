import { type Kysely, sql } from "kysely";

/** Users, roles and policies of people and pipelines, their keys and temporary keys; tokens of GitHub; who created what; what hosts have installed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE access_keys ADD COLUMN user_name text`.execute(db);
  await sql`ALTER TABLE access_keys ADD COLUMN status text NOT NULL DEFAULT 'Active'`.execute(db);
  await sql`ALTER TABLE access_keys ADD COLUMN expires_at bigint`.execute(db);
  await sql`ALTER TABLE access_keys ADD COLUMN last_used_at bigint`.execute(db);
  await sql`ALTER TABLE access_keys ADD COLUMN last_used_from text`.execute(db);
  await sql`ALTER TABLE access_keys ADD COLUMN last_used_service text`.execute(db);
  await db.schema.createIndex("access_keys_by_user").on("access_keys").column("user_name").execute();

  await db.schema
    .createTable("iam_users")
    .addColumn("user_name", "text", (column) => column.primaryKey())
    // As IAM holds them: `Ann` and `ann` are one name.
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .addColumn("user_id", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("iam_roles")
    .addColumn("role_name", "text", (column) => column.primaryKey())
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .addColumn("role_id", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("max_session_seconds", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("iam_policies")
    .addColumn("policy_name", "text", (column) => column.primaryKey())
    .addColumn("name_key", "text", (column) => column.notNull().unique())
    .addColumn("policy_id", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("iam_inline_policies")
    .addColumn("owner_kind", "text", (column) => column.notNull())
    .addColumn("owner_name", "text", (column) => column.notNull())
    .addColumn("policy_name", "text", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("iam_inline_policies_key", ["owner_kind", "owner_name", "policy_name"])
    .execute();

  await db.schema
    .createTable("iam_attachments")
    .addColumn("owner_kind", "text", (column) => column.notNull())
    .addColumn("owner_name", "text", (column) => column.notNull())
    .addColumn("policy_arn", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("iam_attachments_key", ["owner_kind", "owner_name", "policy_arn"])
    .execute();

  await db.schema
    .createTable("sts_sessions")
    .addColumn("access_key_id", "text", (column) => column.primaryKey())
    .addColumn("secret_access_key", "text", (column) => column.notNull())
    .addColumn("token_sha256", "text", (column) => column.notNull())
    .addColumn("role_name", "text", (column) => column.notNull())
    .addColumn("session_name", "text", (column) => column.notNull())
    // The key that took the role: the session ends with it.
    .addColumn("source_access_key_id", "text", (column) => column.notNull())
    .addColumn("session_policies_json", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("sts_sessions_by_expiry").on("sts_sessions").column("expires_at").execute();
  await db.schema.createIndex("sts_sessions_by_source").on("sts_sessions").column("source_access_key_id").execute();

  await db.schema
    .createTable("github_tokens")
    .addColumn("token_name", "text", (column) => column.primaryKey())
    .addColumn("secret", "text", (column) => column.notNull())
    .addColumn("repositories_json", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("last_used_at", "bigint")
    .execute();

  await sql`ALTER TABLE deployments ADD COLUMN created_by text`.execute(db);
  await sql`ALTER TABLE deployment_notes ADD COLUMN caller_arn text`.execute(db);

  await sql`ALTER TABLE group_hosts ADD COLUMN installed_deployment_id text`.execute(db);
  await sql`ALTER TABLE group_hosts ADD COLUMN installed_revision_key text`.execute(db);
  // Until now every attempt that succeeded had installed its revision; what one that failed left, nobody wrote down.
  await sql`UPDATE group_hosts SET installed_deployment_id = deployment_id, installed_revision_key = revision_key WHERE healthy = 1`.execute(
    db,
  );
}
