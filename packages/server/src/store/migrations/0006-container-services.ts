import { type Kysely, sql } from "kysely";

/** Clusters, task definitions, services, task sets and tasks, in ECS' words. ARNs are made from names, and not stored. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("ecs_clusters")
    .addColumn("cluster_name", "text", (column) => column.primaryKey())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("settings_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("ecs_task_definitions")
    .addColumn("family", "text", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("registered_at", "bigint", (column) => column.notNull())
    .addColumn("deregistered_at", "bigint")
    .addColumn("definition_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("ecs_task_definitions_key", ["family", "revision"])
    .execute();

  await db.schema
    .createTable("ecs_services")
    .addColumn("service_id", "text", (column) => column.primaryKey())
    .addColumn("cluster_name", "text", (column) => column.notNull())
    .addColumn("service_name", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("desired_count", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("inactive_at", "bigint")
    .addColumn("definition_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .execute();
  await sql`CREATE UNIQUE INDEX ecs_services_by_name ON ecs_services (cluster_name, service_name) WHERE status <> 'INACTIVE'`.execute(
    db,
  );

  await db.schema
    .createTable("ecs_task_sets")
    .addColumn("task_set_id", "text", (column) => column.primaryKey())
    .addColumn("service_id", "text", (column) => column.notNull())
    .addColumn("external_id", "text")
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("task_definition_arn", "text", (column) => column.notNull())
    .addColumn("target_group_arn", "text")
    .addColumn("container_name", "text")
    .addColumn("container_port", "integer")
    .addColumn("scale_percent", "double precision", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("stability", "text", (column) => column.notNull())
    .addColumn("stability_at", "bigint", (column) => column.notNull())
    .addColumn("failed_tasks", "integer", (column) => column.notNull())
    .addColumn("definition_json", "text", (column) => column.notNull())
    .execute();
  await sql`CREATE UNIQUE INDEX ecs_task_sets_by_external_id ON ecs_task_sets (service_id, external_id) WHERE external_id IS NOT NULL`.execute(
    db,
  );
  await db.schema.createIndex("ecs_task_sets_by_service").on("ecs_task_sets").column("service_id").execute();

  await db.schema
    .createTable("ecs_tasks")
    .addColumn("task_id", "text", (column) => column.primaryKey())
    .addColumn("cluster_name", "text", (column) => column.notNull())
    .addColumn("service_id", "text", (column) => column.notNull())
    .addColumn("task_set_id", "text", (column) => column.notNull())
    .addColumn("task_definition_arn", "text", (column) => column.notNull())
    .addColumn("desired_status", "text", (column) => column.notNull())
    .addColumn("last_status", "text", (column) => column.notNull())
    .addColumn("health", "text", (column) => column.notNull())
    .addColumn("address", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("pull_started_at", "bigint")
    .addColumn("started_at", "bigint")
    .addColumn("draining_since", "bigint")
    .addColumn("stopping_at", "bigint")
    .addColumn("stopped_at", "bigint")
    .addColumn("stop_code", "text")
    .addColumn("stopped_reason", "text")
    .addColumn("containers_json", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("ecs_tasks_by_service").on("ecs_tasks").column("service_id").execute();
  await db.schema.createIndex("ecs_tasks_by_cluster").on("ecs_tasks").columns(["cluster_name", "task_id"]).execute();
  await sql`CREATE INDEX ecs_tasks_stopped ON ecs_tasks (stopped_at) WHERE stopped_at IS NOT NULL`.execute(db);

  await db.schema
    .createTable("ecs_service_events")
    .addColumn("service_id", "text", (column) => column.notNull())
    .addColumn("event_number", "integer", (column) => column.notNull())
    .addColumn("event_id", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("ecs_service_events_key", ["service_id", "event_number"])
    .execute();
}
