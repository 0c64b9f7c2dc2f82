import { type Kysely, sql } from "kysely";
import { up as firstTables } from "./migrations/0001-first-tables.ts";
import type { Database } from "./schema.ts";

type Migration = (db: Kysely<unknown>, dialect: "sqlite" | "postgres") => Promise<void>;

/** In order, never edited once released: a change to the schema is a new entry. */
const MIGRATIONS: readonly { readonly name: string; readonly up: Migration }[] = [
  { name: "0001-first-tables", up: firstTables },
];

/** Any number that no other program uses: it keeps two replicas from migrating at once. */
const MIGRATION_LOCK = 7203101;

/** Brings the schema up to date in one transaction; a database that is newer than this program is refused. */
export async function migrate(db: Kysely<Database>, dialect: "sqlite" | "postgres"): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction);
    await sql`CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)`.execute(transaction);
    const { rows } = await sql<{ name: string }>`SELECT name FROM migrations`.execute(transaction);
    const done = new Set(rows.map((row) => row.name));
    const unknown = [...done].filter((name) => !MIGRATIONS.some((migration) => migration.name === name));
    if (unknown.length > 0) {
      throw new Error(
        `the database was migrated by a newer sluice (it knows ${unknown.join(", ")}); start that version, or restore a backup`,
      );
    }
    for (const { name, up } of MIGRATIONS) {
      if (done.has(name)) continue;
      await up(transaction as unknown as Kysely<unknown>, dialect);
      await sql`INSERT INTO migrations (name) VALUES (${name})`.execute(transaction);
    }
  });
}
