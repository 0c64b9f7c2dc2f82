import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type Kysely, sql } from "kysely";
import type { Database } from "./schema.ts";

/** `sluice.db.before-0002-name`: the database as it was before that step, for going back to the version that made it. */
const PREFIX = "sluice.db.before-";
const PRIVATE_FILE = 0o600;

/**
 * Copies an SQLite database beside itself before its schema is changed, and removes the copy before the last upgrade. VACUUM INTO, since
 * reading the file by another way would drop this process's lock on it.
 */
export async function keepCopy(db: Kysely<Database>, dataDirectory: string, firstStep: string): Promise<void> {
  const copy = join(dataDirectory, `${PREFIX}${firstStep}`);
  const unfinished = `${copy}.unfinished`;
  try {
    rmSync(unfinished, { force: true });
    closeSync(openSync(unfinished, "wx", PRIVATE_FILE));
    await sql`VACUUM INTO ${unfinished}`.execute(db);
    const file = openSync(unfinished, "r+");
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const reason = reasonOf(error);
    throw new Error(
      `the database has to be upgraded, and no copy of it could be kept in ${dataDirectory} before: ${reason}. Nothing was changed. Free space for a copy of sluice.db, then start again`,
      { cause: error },
    );
  }
  for (const name of readdirSync(dataDirectory)) {
    if (name.startsWith(PREFIX) && join(dataDirectory, name) !== unfinished) rmSync(join(dataDirectory, name));
  }
  renameSync(unfinished, copy);
}
