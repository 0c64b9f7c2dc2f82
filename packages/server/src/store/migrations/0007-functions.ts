import { type Kysely, sql } from "kysely";

/** Functions, their versions and aliases, in Lambda's words; asynchronous invocations; keys of functions. ARNs are made from names. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("lambda_functions")
    .addColumn("function_name", "text", (column) => column.primaryKey())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("uid", "integer")
    .addColumn("last_version", "integer", (column) => column.notNull())
    .addColumn("reserved_concurrency", "integer")
    .addColumn("tags_json", "text", (column) => column.notNull())
    .execute();
  await sql`CREATE UNIQUE INDEX lambda_functions_by_uid ON lambda_functions (uid) WHERE uid IS NOT NULL`.execute(db);

  await db.schema
    .createTable("lambda_versions")
    .addColumn("function_name", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("code_sha256", "text", (column) => column.notNull())
    .addColumn("code_bytes", "bigint", (column) => column.notNull())
    .addColumn("configuration_json", "text", (column) => column.notNull())
    .addColumn("modified_at", "bigint", (column) => column.notNull())
    .addColumn("revision_id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("lambda_versions_key", ["function_name", "version"])
    .execute();
  await db.schema.createIndex("lambda_versions_by_code").on("lambda_versions").column("code_sha256").execute();

  await db.schema
    .createTable("lambda_aliases")
    .addColumn("function_name", "text", (column) => column.notNull())
    .addColumn("alias_name", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("second_version", "text")
    .addColumn("second_weight", "double precision")
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("revision_id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("lambda_aliases_key", ["function_name", "alias_name"])
    .execute();

  await db.schema
    .createTable("lambda_permissions")
    .addColumn("function_name", "text", (column) => column.notNull())
    .addColumn("qualifier", "text", (column) => column.notNull())
    .addColumn("statement_id", "text", (column) => column.notNull())
    .addColumn("statement_json", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("lambda_permissions_key", ["function_name", "qualifier", "statement_id"])
    .execute();

  await db.schema
    .createTable("lambda_events")
    .addColumn("request_id", "text", (column) => column.primaryKey())
    .addColumn("function_name", "text", (column) => column.notNull())
    .addColumn("qualifier", "text")
    .addColumn("deployment_id", "text")
    .addColumn("execution_id", "text")
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("claimed_by", "text")
    .addColumn("claimed_until", "bigint")
    .addColumn("ended_at", "bigint")
    .addColumn("executed_version", "text")
    .addColumn("error_type", "text")
    .addColumn("error_message", "text")
    .addColumn("log_tail", "text")
    .execute();
  // A long queue of one function is passed over by what is in here.
  await sql`CREATE INDEX lambda_events_due ON lambda_events (due_at, function_name, claimed_until, claimed_by) WHERE ended_at IS NULL`.execute(
    db,
  );
  await sql`CREATE INDEX lambda_events_ended ON lambda_events (ended_at) WHERE ended_at IS NOT NULL`.execute(db);
  await sql`CREATE UNIQUE INDEX lambda_events_by_execution ON lambda_events (deployment_id, execution_id) WHERE execution_id IS NOT NULL`.execute(
    db,
  );

  await sql`ALTER TABLE access_keys ADD COLUMN function_name text`.execute(db);
  await sql`CREATE INDEX access_keys_by_function ON access_keys (function_name) WHERE function_name IS NOT NULL`.execute(
    db,
  );
}
