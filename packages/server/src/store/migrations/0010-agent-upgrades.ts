import { type Kysely, sql } from "kysely";

/** Upgrades of agents, and what agents say of the machine and of whether they can replace their program. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE hosts ADD COLUMN agent_platform text`.execute(db);
  await sql`ALTER TABLE hosts ADD COLUMN agent_upgrade_obstacle text`.execute(db);

  await db.schema
    .createTable("agent_upgrades")
    .addColumn("upgrade_id", "text", (column) => column.primaryKey())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("active", "integer", (column) => column.notNull())
    .addColumn("request_json", "text", (column) => column.notNull())
    .addColumn("programs_json", "text", (column) => column.notNull())
    .addColumn("created_by", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("ended_at", "bigint")
    .addColumn("end_status", "text")
    .addColumn("reason", "text")
    .execute();
  await sql`CREATE UNIQUE INDEX one_active_agent_upgrade ON agent_upgrades (active) WHERE active = 1`.execute(db);
  await db.schema
    .createIndex("agent_upgrades_by_creation")
    .on("agent_upgrades")
    .columns(["created_at", "upgrade_id"])
    .execute();

  await db.schema
    .createTable("agent_upgrade_hosts")
    .addColumn("upgrade_id", "text", (column) => column.notNull())
    .addColumn("host_id", "text", (column) => column.notNull())
    .addColumn("ordinal", "integer", (column) => column.notNull())
    .addColumn("host_name", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("from_version", "text")
    .addColumn("reason", "text")
    .addColumn("changed_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("agent_upgrade_hosts_key", ["upgrade_id", "host_id"])
    .execute();
}
