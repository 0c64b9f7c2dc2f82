import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { Database } from "./schema.ts";

/** What the database takes on the disk. */
export interface DatabaseSpace {
  /** Bytes, the write-ahead log of SQLite left out: it is small, see `MAX_JOURNAL_BYTES`. */
  bytes(): Promise<number>;
  /** Once at the start: a small file that was made before files could shrink is rewritten. */
  letShrink(): void;
  /**
   * Gives a few pages that nothing is in back to the file system. False: there are none to give back. PostgreSQL uses them again by
   * itself (autovacuum).
   */
  giveBack(transaction: WriteTransaction): Promise<boolean>;
}

/** Pages of 4 KiB that one step gives back. */
const STEP_PAGES = 256;
/** Empty pages that stay for the next deployments: a file that shrinks and grows again costs more than they take. */
const SLACK_PAGES = 2_560;
/** And this part of the file at least. */
const SLACK_SHARE = 0.2;
/** The write-ahead log is cut back to this after a large transaction; a checkpoint comes every 4 MB. */
const MAX_JOURNAL_BYTES = 16 * 1024 * 1024;
/** A file that cannot shrink yet is rewritten at the start when that takes no longer than a second or so. */
const MAX_REWRITE_BYTES = 64 * 1024 * 1024;
const AUTO_VACUUM_INCREMENTAL = 2;

/** Before a new file's first page is written: later that takes a rewrite of the whole file. */
export function letNewFileShrink(database: DatabaseSync): void {
  database.exec("PRAGMA auto_vacuum = INCREMENTAL");
  database.exec(`PRAGMA journal_size_limit = ${MAX_JOURNAL_BYTES}`);
}

export function sqliteSpace(database: DatabaseSync): DatabaseSpace {
  const bytes = () => pragma(database, "page_count") * pragma(database, "page_size");
  return {
    bytes: async () => bytes(),
    letShrink() {
      if (pragma(database, "auto_vacuum") === AUTO_VACUUM_INCREMENTAL || bytes() > MAX_REWRITE_BYTES) return;
      try {
        database.exec("VACUUM");
      } catch {
        // The disk is full, say: the file is as it was, and is tried again at the next start.
      }
    },
    async giveBack() {
      if (pragma(database, "auto_vacuum") !== AUTO_VACUUM_INCREMENTAL) return false;
      const empty = pragma(database, "freelist_count");
      const slack = Math.max(SLACK_PAGES, SLACK_SHARE * pragma(database, "page_count"));
      if (empty <= slack) return false;
      // Not a prepared statement: of that one step would be taken, which is one page.
      database.exec(`PRAGMA incremental_vacuum(${Math.min(STEP_PAGES, Math.ceil(empty - slack))})`);
      return true;
    },
  };
}

export function postgresSpace(db: Kysely<Database>): DatabaseSpace {
  return {
    async bytes() {
      const { rows } = await sql<{ bytes: number }>`SELECT pg_database_size(current_database()) AS bytes`.execute(db);
      return Number(rows[0]?.bytes ?? 0);
    },
    letShrink() {},
    giveBack: async () => false,
  };
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
