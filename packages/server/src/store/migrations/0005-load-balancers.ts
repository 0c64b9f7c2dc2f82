import type { Kysely } from "kysely";

/** The load balancers that Sluice runs itself, as ELBv2 describes them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("elb_load_balancers")
    .addColumn("load_balancer_arn", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("body_json", "text", (column) => column.notNull())
    .addColumn("attributes_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("elb_target_groups")
    .addColumn("target_group_arn", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("body_json", "text", (column) => column.notNull())
    .addColumn("attributes_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("elb_listeners")
    .addColumn("listener_arn", "text", (column) => column.primaryKey())
    .addColumn("load_balancer_arn", "text", (column) => column.notNull())
    .addColumn("port", "integer", (column) => column.notNull())
    .addColumn("protocol", "text", (column) => column.notNull())
    .addColumn("certificate", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("default_action_json", "text", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addUniqueConstraint("elb_listeners_by_port", ["load_balancer_arn", "port"])
    .execute();

  await db.schema
    .createTable("elb_rules")
    .addColumn("rule_arn", "text", (column) => column.primaryKey())
    .addColumn("listener_arn", "text", (column) => column.notNull())
    .addColumn("priority", "integer", (column) => column.notNull())
    .addColumn("conditions_json", "text", (column) => column.notNull())
    .addColumn("action_json", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("tags_json", "text", (column) => column.notNull())
    .addUniqueConstraint("elb_rules_by_priority", ["listener_arn", "priority"])
    .execute();

  await db.schema
    .createTable("elb_targets")
    .addColumn("target_group_arn", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("port", "integer", (column) => column.notNull())
    .addColumn("registered_at", "bigint", (column) => column.notNull())
    .addColumn("draining_since", "bigint")
    .addPrimaryKeyConstraint("elb_targets_key", ["target_group_arn", "address", "port"])
    .execute();
}
