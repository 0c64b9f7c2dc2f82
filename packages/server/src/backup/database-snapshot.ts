import { DatabaseSync } from "node:sqlite";
import { setTimeout as rest } from "node:timers/promises";
import { Kysely, type QueryExecutorProvider, sql } from "kysely";
import { nodeSqliteDialect } from "../store/node-sqlite-dialect.ts";
import type { OpenStore } from "../store/open-store.ts";
import { MIGRATIONS_TABLE, readSchema } from "../store/real-schema.ts";
import type { Database } from "../store/schema.ts";

export type Row = Readonly<Record<string, unknown>>;

/** The whole database as it was at one moment. */
export interface DatabaseSnapshot {
  readonly tables: readonly string[];
  readonly migrations: readonly string[];
  /** The rows of a table, some at a time. */
  rows(table: string): AsyncGenerator<readonly Row[]>;
}

const BATCH_ROWS = 100;
/** How long the server's own work goes on between two batches at most. */
const MAX_REST_MILLISECONDS = 50;
/**
 * How long whoever reads a backup may take nothing of it. Until then the database must not forget what it was: on SQLite its write-ahead log
 * grows; on PostgreSQL it is longer than the server's own transactions may stand idle.
 */
export const MAX_READER_MILLISECONDS = 10 * 60_000;

export async function withSnapshot<T>(store: OpenStore, work: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  return store.sqliteFile ? withReader(store.sqliteFile, work) : withTransaction(store.db, work);
}

/** A second connection sees the database as it is at its first query, while the server writes on into the write-ahead log. */
async function withReader<T>(file: string, work: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  const database = new DatabaseSync(file, { readOnly: true });
  const db = new Kysely<unknown>({ dialect: nodeSqliteDialect(database) });
  try {
    database.exec("BEGIN");
    const contents = await contentsOf(db, "sqlite");
    return await work({
      ...contents,
      async *rows(table) {
        let batch: Row[] = [];
        let since = performance.now();
        for (const row of database.prepare(`SELECT * FROM "${table}"`).iterate()) {
          batch.push(row);
          if (batch.length < BATCH_ROWS) continue;
          yield batch;
          batch = [];
          // As long as the backup has worked, the server does.
          await rest(Math.min(performance.now() - since, MAX_REST_MILLISECONDS));
          since = performance.now();
        }
        if (batch.length > 0) yield batch;
      },
    });
  } finally {
    await db.destroy();
  }
}

/** Every reader of a repeatable-read transaction sees the moment of its first query. */
async function withTransaction<T>(db: Kysely<Database>, work: (snapshot: DatabaseSnapshot) => Promise<T>): Promise<T> {
  const transaction = db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only");
  return transaction.execute(async (view) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = ${sql.lit(MAX_READER_MILLISECONDS)}`.execute(view);
    return work({
      ...(await contentsOf(view, "postgres")),
      async *rows(table) {
        await sql`DECLARE backup_rows NO SCROLL CURSOR FOR SELECT * FROM ${sql.table(table)}`.execute(view);
        for (;;) {
          const { rows } = await sql<Row>`FETCH ${sql.lit(BATCH_ROWS)} FROM backup_rows`.execute(view);
          if (rows.length === 0) break;
          yield rows;
        }
        await sql`CLOSE backup_rows`.execute(view);
      },
    });
  });
}

async function contentsOf(db: QueryExecutorProvider, dialect: "sqlite" | "postgres") {
  const tables = [...(await readSchema(db, dialect)).keys()].filter((name) => name !== MIGRATIONS_TABLE);
  const { rows } = await sql<{ name: string }>`SELECT name FROM migrations ORDER BY name`.execute(db);
  return { tables: tables.sort(), migrations: rows.map(({ name }) => name) };
}
