import type { Kysely } from "kysely";

/** What each target is. All that there were before are hosts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("targets")
    .addColumn("type", "text", (column) => column.notNull().defaultTo("host"))
    .execute();
}
