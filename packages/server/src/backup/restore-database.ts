import { type BackupEntry, readLines } from "@sluice/wire/backup/backup-reader.ts";
import { type Kysely, sql } from "kysely";
import type { WriteTransaction } from "../store/group-commit.ts";
import { lineToRow } from "./row-text.ts";

/** Far below what either database takes in one statement (32,766 and 65,535). */
const MAX_PARAMETERS = 20_000;

/**
 * How far the numbers of new events begin above the newest one of the backup, so that whoever reads the stream from where it once was
 * misses none: more than a server writes between two backups.
 */
const EVENT_NUMBERS_LEFT_OUT = 10_000_000;

/** Puts a part of a table back; the table is there and has had no row but from earlier parts. */
export async function restoreRows(
  { db }: WriteTransaction,
  table: string,
  entry: BackupEntry,
  file: string,
): Promise<void> {
  const rows = (await readLines(entry, file)).map(lineToRow);
  const columns = Object.keys(rows[0] ?? {}).length;
  const batch = Math.max(1, Math.floor(MAX_PARAMETERS / Math.max(1, columns)));
  const anyTable = db as unknown as Kysely<Record<string, Record<string, unknown>>>;
  for (let at = 0; at < rows.length; at += batch) {
    await anyTable
      .insertInto(table)
      .values(rows.slice(at, at + batch))
      .execute();
  }
}

export async function leaveEventNumbersOut({ db, dialect }: WriteTransaction): Promise<void> {
  const { rows } = await sql<{ newest: number | null }>`SELECT max(event_id) AS newest FROM events`.execute(db);
  const next = Number(rows[0]?.newest ?? 0) + EVENT_NUMBERS_LEFT_OUT;
  if (dialect === "postgres") {
    await sql`SELECT setval(pg_get_serial_sequence('events', 'event_id'), ${sql.lit(next)})`.execute(db);
    return;
  }
  await sql`DELETE FROM sqlite_sequence WHERE name = 'events'`.execute(db);
  await sql`INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ${sql.lit(next)})`.execute(db);
}
