import type { Kysely } from "kysely";
import { sql } from "kysely";

/** The tables of schema.ts. `event_id` is the one column whose type the two databases spell differently. */
export async function up(db: Kysely<unknown>, dialect: "sqlite" | "postgres"): Promise<void> {
  await db.schema
    .createTable("settings")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("access_keys")
    .addColumn("access_key_id", "text", (column) => column.primaryKey())
    .addColumn("secret_access_key", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("host_id", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("access_keys_by_host").on("access_keys").column("host_id").execute();

  await db.schema
    .createTable("enrolment_tokens")
    .addColumn("token_id", "text", (column) => column.primaryKey())
    .addColumn("secret_sha256", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addColumn("uses_left", "integer", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("hosts")
    .addColumn("host_id", "text", (column) => column.primaryKey())
    .addColumn("host_name", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("agent", "text")
    .addColumn("agent_version", "text")
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addColumn("zone", "text")
    .addColumn("address", "text")
    .addColumn("host_identifier", "text", (column) => column.notNull())
    .addColumn("iam_user_arn", "text")
    .addColumn("iam_session_arn", "text")
    .addColumn("instance_arn", "text")
    .addColumn("declared_at", "bigint", (column) => column.notNull())
    .addColumn("enrolled_at", "bigint")
    .addColumn("last_seen_at", "bigint")
    .addColumn("goodbye_at", "bigint")
    .addColumn("retired_at", "bigint")
    .execute();
  await sql`CREATE UNIQUE INDEX hosts_by_name ON hosts (host_name) WHERE retired_at IS NULL`.execute(db);
  await db.schema.createIndex("hosts_by_identifier").on("hosts").column("host_identifier").execute();

  await db.schema
    .createTable("applications")
    .addColumn("application_id", "text", (column) => column.primaryKey())
    .addColumn("application_name", "text", (column) => column.notNull().unique())
    .addColumn("compute_platform", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("deployment_groups")
    .addColumn("deployment_group_id", "text", (column) => column.primaryKey())
    .addColumn("application_id", "text", (column) => column.notNull())
    .addColumn("deployment_group_name", "text", (column) => column.notNull())
    .addColumn("deployment_config_name", "text", (column) => column.notNull())
    .addColumn("fields_json", "text", (column) => column.notNull())
    .addColumn("target_revision_json", "text")
    .addColumn("last_attempted_deployment_id", "text")
    .addColumn("last_successful_deployment_id", "text")
    .addColumn("rolled_back_json", "text")
    .addColumn("settings_json", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("deployment_groups_by_name", ["application_id", "deployment_group_name"])
    .execute();
  await sql`CREATE INDEX deployment_groups_with_settings ON deployment_groups (deployment_group_id) WHERE settings_json IS NOT NULL`.execute(
    db,
  );

  await db.schema
    .createTable("deployment_configs")
    .addColumn("deployment_config_id", "text", (column) => column.primaryKey())
    .addColumn("deployment_config_name", "text", (column) => column.notNull().unique())
    .addColumn("fields_json", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("revisions")
    .addColumn("application_id", "text", (column) => column.notNull())
    .addColumn("revision_key", "text", (column) => column.notNull())
    .addColumn("location_json", "text", (column) => column.notNull())
    .addColumn("s3_bucket", "text")
    .addColumn("s3_key", "text")
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("registered_at", "bigint", (column) => column.notNull())
    .addColumn("first_used_at", "bigint")
    .addColumn("last_used_at", "bigint")
    .addPrimaryKeyConstraint("revisions_key", ["application_id", "revision_key"])
    .execute();

  await db.schema
    .createTable("resource_tags")
    .addColumn("resource_arn", "text", (column) => column.notNull())
    .addColumn("tag_key", "text", (column) => column.notNull())
    .addColumn("tag_value", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("resource_tags_key", ["resource_arn", "tag_key"])
    .execute();

  await db.schema
    .createTable("deployments")
    .addColumn("deployment_id", "text", (column) => column.primaryKey())
    .addColumn("application_id", "text", (column) => column.notNull())
    .addColumn("application_name", "text", (column) => column.notNull())
    .addColumn("deployment_group_id", "text", (column) => column.notNull())
    .addColumn("deployment_group_name", "text", (column) => column.notNull())
    .addColumn("compute_platform", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("active", "integer", (column) => column.notNull())
    .addColumn("advancing", "integer", (column) => column.notNull())
    .addColumn("watches_alarms", "integer", (column) => column.notNull())
    .addColumn("creator", "text", (column) => column.notNull())
    .addColumn("revision_key", "text", (column) => column.notNull())
    .addColumn("revision_json", "text", (column) => column.notNull())
    .addColumn("previous_revision_json", "text")
    .addColumn("request_json", "text", (column) => column.notNull())
    .addColumn("state_json", "text", (column) => column.notNull())
    .addColumn("external_id", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("started_at", "bigint")
    .addColumn("completed_at", "bigint")
    .addColumn("error_code", "text")
    .addColumn("error_message", "text")
    .addColumn("wake_at", "bigint")
    .addColumn("rollback_json", "text")
    .addColumn("last_sequence", "bigint", (column) => column.notNull())
    .addColumn("quarantined", "text")
    .execute();
  await sql`CREATE UNIQUE INDEX deployments_one_active ON deployments (deployment_group_id) WHERE active = 1`.execute(
    db,
  );
  await sql`CREATE INDEX deployments_watching_alarms ON deployments (deployment_id) WHERE active = 1 AND watches_alarms = 1`.execute(
    db,
  );
  await sql`CREATE INDEX deployments_to_wake ON deployments (wake_at) WHERE wake_at IS NOT NULL`.execute(db);
  await db.schema
    .createIndex("deployments_by_group")
    .on("deployments")
    .columns(["deployment_group_id", "created_at"])
    .execute();
  await db.schema.createIndex("deployments_by_time").on("deployments").column("created_at").execute();

  await db.schema
    .createTable("targets")
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("target_id", "text", (column) => column.notNull())
    .addColumn("ordinal", "integer", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("label", "text")
    .addColumn("command_state", "text")
    .addColumn("state_json", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("targets_key", ["deployment_id", "target_id"])
    .execute();
  await sql`CREATE INDEX targets_with_command ON targets (target_id) WHERE command_state IS NOT NULL`.execute(db);

  await db.schema
    .createTable("group_hosts")
    .addColumn("deployment_group_id", "text", (column) => column.notNull())
    .addColumn("target_id", "text", (column) => column.notNull())
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("healthy", "integer", (column) => column.notNull())
    .addColumn("revision_key", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("group_hosts_key", ["deployment_group_id", "target_id"])
    .execute();

  await db.schema
    .createTable("effects")
    .addColumn("effect_key", "text", (column) => column.primaryKey())
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("payload_json", "text", (column) => column.notNull())
    .addColumn("outcome_json", "text")
    .addColumn("progress_json", "text")
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("run_at", "bigint", (column) => column.notNull())
    .addColumn("lease_owner", "text")
    .addColumn("lease_until", "bigint")
    .execute();
  await sql`CREATE INDEX effects_to_run ON effects (run_at) WHERE outcome_json IS NULL`.execute(db);
  await db.schema.createIndex("effects_by_deployment").on("effects").column("deployment_id").execute();

  await db.schema
    .createTable("events")
    .addColumn("event_id", dialect === "sqlite" ? "integer" : "bigserial", (column) =>
      dialect === "sqlite" ? column.primaryKey().autoIncrement() : column.primaryKey(),
    )
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("sequence", "bigint", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("body_json", "text", (column) => column.notNull())
    .addUniqueConstraint("events_by_deployment", ["deployment_id", "sequence"])
    .execute();

  await db.schema
    .createTable("desired_traffic")
    .addColumn("host_id", "text", (column) => column.notNull())
    .addColumn("group_name", "text", (column) => column.notNull())
    .addColumn("revision", "bigint", (column) => column.notNull())
    .addColumn("desired_json", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("desired_traffic_key", ["host_id", "group_name"])
    .execute();

  await db.schema
    .createTable("deliveries")
    .addColumn("notification_id", "text", (column) => column.primaryKey())
    .addColumn("event_id", "bigint", (column) => column.notNull())
    .addColumn("ordinal", "integer", (column) => column.notNull())
    .addColumn("deployment_id", "text", (column) => column.notNull())
    .addColumn("application_name", "text", (column) => column.notNull())
    .addColumn("deployment_group_name", "text", (column) => column.notNull())
    .addColumn("trigger_name", "text", (column) => column.notNull())
    .addColumn("trigger_target_arn", "text", (column) => column.notNull())
    .addColumn("event_type", "text", (column) => column.notNull())
    .addColumn("target_id", "text")
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("pending_since", "bigint", (column) => column.notNull())
    .addColumn("next_attempt_at", "bigint")
    .addColumn("last_attempt_at", "bigint")
    .addColumn("reason", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("ended_at", "bigint")
    .addColumn("lease_owner", "text")
    .addColumn("lease_until", "bigint")
    .execute();
  await sql`CREATE INDEX deliveries_in_order ON deliveries (deployment_id, trigger_name, event_id, ordinal) WHERE status = 'pending'`.execute(
    db,
  );
  await sql`CREATE INDEX deliveries_to_send ON deliveries (next_attempt_at) WHERE status = 'pending' AND next_attempt_at IS NOT NULL`.execute(
    db,
  );
  await sql`CREATE INDEX deliveries_at_head ON deliveries (deployment_id, trigger_name) WHERE status = 'pending' AND next_attempt_at IS NOT NULL`.execute(
    db,
  );
  await sql`CREATE INDEX deliveries_given_up ON deliveries (ended_at) WHERE status = 'failed'`.execute(db);
  await db.schema
    .createIndex("deliveries_by_event")
    .on("deliveries")
    .columns(["event_id", "ordinal", "notification_id"])
    .execute();
  await db.schema.createIndex("deliveries_ended").on("deliveries").columns(["ended_at"]).execute();
}
