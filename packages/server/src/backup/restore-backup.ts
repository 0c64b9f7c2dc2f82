import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { type CopiedBucket, type CopiedObject, restoreBlob, restoreIndex } from "@sluice/bucket/store/bucket-copy.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import {
  type BackupManifest,
  BLOBS_PREFIX,
  BUCKET_INDEX_PATH,
  DATABASE_PREFIX,
  LOGS_PREFIX,
  MANIFEST_PATH,
} from "@sluice/wire/backup/backup-format.ts";
import {
  type BackupEntry,
  backupEntries,
  damaged,
  readLines,
  verifyBackup,
} from "@sluice/wire/backup/backup-reader.ts";
import { type Kysely, sql } from "kysely";
import type { WriteTransaction } from "../store/group-commit.ts";
import { makeDataDirectory } from "../store/make-data-directory.ts";
import { MIGRATIONS } from "../store/migrations.ts";
import { openStore } from "../store/open-store.ts";
import { giveNewId, nameOf, OWN_DATABASE_FILE, writeOwnDatabase } from "../store/own-database.ts";
import { expectedSchema } from "../store/real-schema.ts";
import { writeRestoredMark } from "../store/restored-mark.ts";
import type { Database } from "../store/schema.ts";
import { leaveEventNumbersOut, restoreRows } from "./restore-database.ts";

export interface RestoreOptions {
  readonly file: string;
  /** Empty, or not there. */
  readonly dataDirectory: string;
  /** PostgreSQL, empty; without it SQLite in the data directory. */
  readonly databaseUrl?: string | undefined;
  readonly now: () => number;
}

/** Why nothing was restored, and what to do. */
export class RestoreRefusedError extends Error {
  override readonly name = "RestoreRefusedError";
}

/** What is being restored lies here until all of it is there: a server refuses a directory that has it. */
export const UNFINISHED_RESTORE = "restore.unfinished";

/** What a data directory has beside an SQLite database once it is restored. */
const FILES = ["bucket", "logs", OWN_DATABASE_FILE];
/** What a new file system has. */
const IGNORED_NAMES = new Set(["lost+found"]);
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Restores a backup into an empty data directory, and an empty database when one is named. Reads the whole backup first, and holds it against
 * its checksums. A restore that fails leaves nothing behind; the database is written when everything else is in its place.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { file, dataDirectory, databaseUrl, now } = options;
  const own = { id: randomUUID(), postgres: nameOf(options) };
  const { manifest } = await verifyBackup(file);
  checkSchema(manifest, file);
  checkEmpty(dataDirectory);
  const unfinished = join(dataDirectory, UNFINISHED_RESTORE);
  const isNewDirectory = !existsSync(dataDirectory);
  makeDataDirectory(dataDirectory);
  mkdirSync(unfinished, { mode: PRIVATE_DIRECTORY });
  const placed: string[] = [];
  try {
    // As the backup's own version had it; the server brings it up to date at its start.
    const migrations = MIGRATIONS.slice(0, manifest.migrations.length);
    const tables = new Set((await expectedSchema(migrations)).keys());
    const store = await openStore({ dataDirectory: unfinished, databaseUrl, migrations });
    try {
      // Before hours of copying; and once more where it counts.
      await checkDatabaseEmpty(store.db, tables);
      await restoreFiles(file, unfinished);
      writeOwnDatabase(unfinished, own);
      place(unfinished, dataDirectory, placed, FILES);
      // Files are out of it: a lost connection has it done again, and nobody could empty a PostgreSQL database if one of them failed after it.
      await store.write(async (transaction) => {
        await checkDatabaseEmpty(transaction.db, tables);
        await restoreTables(transaction, file, tables);
        await writeRestoredMark(transaction, { takenAt: manifest.takenAt, restoredAt: new Date(now()).toISOString() });
        await giveNewId(transaction, own.id);
        await leaveEventNumbersOut(transaction);
      });
    } finally {
      await store.close();
    }
    place(unfinished, dataDirectory, placed, readdirSync(unfinished));
    rmSync(unfinished, { recursive: true, force: true });
    return manifest;
  } catch (error) {
    for (const path of placed) rmSync(path, { recursive: true, force: true });
    rmSync(isNewDirectory ? dataDirectory : unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Refuses to begin where a restore broke off: its parts would be taken for a new server's. */
export function checkNoUnfinishedRestore(dataDirectory: string): void {
  const unfinished = join(dataDirectory, UNFINISHED_RESTORE);
  if (!existsSync(unfinished)) return;
  throw new RestoreRefusedError(
    `a restore into ${dataDirectory} did not finish. Remove what it left, and restore again: rm -r ${dataDirectory}, then sluice restore FILE --data ${dataDirectory}`,
  );
}

function checkSchema(manifest: BackupManifest, file: string): void {
  const known = MIGRATIONS.map(({ name }) => name);
  const isKnown = manifest.migrations.every((name, index) => known[index] === name);
  if (isKnown && manifest.migrations.length > 0) return;
  throw new RestoreRefusedError(
    `${file} was made by sluice ${manifest.version}, whose database is newer than this version (${SLUICE_VERSION}). Restore it with sluice ${manifest.version} or a newer one`,
  );
}

function checkEmpty(dataDirectory: string): void {
  if (!existsSync(dataDirectory)) return;
  checkNoUnfinishedRestore(dataDirectory);
  const found = readdirSync(dataDirectory).filter((name) => !IGNORED_NAMES.has(name));
  if (found.length === 0) return;
  throw new RestoreRefusedError(
    `${dataDirectory} is not empty (it holds ${found.slice(0, 3).join(", ")}), and a restore overwrites nothing. Name an empty or a new directory: --data DIR`,
  );
}

async function checkDatabaseEmpty(db: Kysely<Database>, tables: ReadonlySet<string>): Promise<void> {
  for (const table of tables) {
    const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} LIMIT 1`.execute(db);
    if (rows.length === 0) continue;
    throw new RestoreRefusedError(
      `the database is not empty (table ${table} has rows), and a restore overwrites nothing. Name an empty database: createdb sluice2, then --database postgres://…/sluice2`,
    );
  }
}

interface IndexLine {
  readonly bucket?: CopiedBucket;
  readonly object?: CopiedObject;
}

/** Reads no further than to the last rows: PostgreSQL ends a transaction that is idle while a hundred thousand logs are passed over. */
export async function restoreTables(
  transaction: WriteTransaction,
  file: string,
  tables: ReadonlySet<string>,
): Promise<void> {
  for await (const entry of backupEntries(file)) {
    if (entry.path === MANIFEST_PATH) continue;
    if (!entry.path.startsWith(DATABASE_PREFIX)) return;
    const table = entry.path.slice(DATABASE_PREFIX.length).split(".")[0]!;
    // Of the database itself, say, where the restore's user may write those.
    if (!tables.has(table))
      throw new RestoreRefusedError(`the backup holds a table that is not Sluice's: ${JSON.stringify(table)}`);
    await restoreRows(transaction, table, entry, file);
  }
}

async function restoreFiles(file: string, directory: string): Promise<void> {
  const bucket = join(directory, "bucket");
  let isPastRows = false;
  for await (const entry of backupEntries(file)) {
    const { path } = entry;
    const isRows = path.startsWith(DATABASE_PREFIX);
    if (isRows && isPastRows) throw damaged(file, `${path} comes after entries that are not rows`);
    isPastRows ||= !isRows && path !== MANIFEST_PATH;
    if (path === BUCKET_INDEX_PATH) {
      restoreBucketIndex(bucket, (await readLines(entry, file)) as IndexLine[], file);
    } else if (path.startsWith(BLOBS_PREFIX)) {
      await restoreBlob(bucket, path.slice(BLOBS_PREFIX.length), entry.read());
    } else if (path.startsWith(LOGS_PREFIX)) {
      await restoreLog(join(directory, "logs"), path.slice(LOGS_PREFIX.length), entry);
    }
  }
}

function restoreBucketIndex(bucket: string, lines: readonly IndexLine[], file: string): void {
  try {
    restoreIndex(bucket, {
      buckets: lines.flatMap((line) => line.bucket ?? []),
      objects: lines.flatMap((line) => line.object ?? []),
    });
  } catch (error) {
    throw damaged(file, `${BUCKET_INDEX_PATH}: ${reasonOf(error)}`, error);
  }
}

async function restoreLog(directory: string, name: string, entry: BackupEntry): Promise<void> {
  if (normalize(name) !== name || name.startsWith("..") || name.startsWith(sep)) {
    throw new RestoreRefusedError(`the backup names a log outside of its folder: ${JSON.stringify(name)}`);
  }
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_DIRECTORY });
  const handle = await open(path, "wx", PRIVATE_FILE);
  try {
    for await (const chunk of entry.read()) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}

/** The database last: a directory without it is no server's. */
function place(from: string, to: string, placed: string[], names: readonly string[]): void {
  const order = (name: string) => Number(name.startsWith("sluice.db"));
  for (const name of [...names].sort((a, b) => order(a) - order(b))) {
    if (!existsSync(join(from, name))) continue;
    renameSync(join(from, name), join(to, name));
    placed.push(join(to, name));
  }
}
