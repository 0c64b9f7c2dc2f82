import { type Kysely, sql } from "kysely";
import type { Database } from "../schema.ts";

/** The way to the database has no sessions. */
export class NoSessionsError extends Error {
  override readonly name = "NoSessionsError";

  constructor() {
    super(
      "the database URL leads to a pooler that gives each transaction another PostgreSQL session; Sluice needs sessions of its own (advisory locks, prepared statements). Set the pooler to session mode (PgBouncer: pool_mode = session), or give PostgreSQL's own address with --database",
    );
  }
}

/**
 * Rejects with a `NoSessionsError` when connections do not keep their sessions. Two connections take turns, the second one within a
 * transaction: a pooler in transaction mode gives it the session that the first one had a moment ago, or the first one another than it had.
 * One with many idle sessions, dealt out in turn, may pass.
 */
export async function requireSessions(db: Kysely<Database>): Promise<void> {
  await db.connection().execute(async (first) => {
    const before = await sessionOf(first);
    await db.transaction().execute(async (second) => {
      if ((await sessionOf(second)) === before || (await sessionOf(first)) !== before) throw new NoSessionsError();
    });
  });
}

async function sessionOf(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(db);
  return rows[0]?.pid ?? 0;
}
