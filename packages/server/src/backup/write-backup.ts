import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type BucketCopy, withDeletedSince } from "@sluice/bucket/store/bucket-copy.ts";
import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import {
  BACKUP_FORMAT,
  BACKUP_FORMAT_WITH_VERSIONS,
  type BackupManifest,
  BLOBS_PREFIX,
  BUCKET_INDEX_PATH,
  DATABASE_PREFIX,
  LOGS_PREFIX,
  MANIFEST_PATH,
} from "@sluice/wire/backup/backup-format.ts";
import { BackupWriter } from "@sluice/wire/backup/backup-writer.ts";
import { UNFINISHED_SUFFIX } from "../logs/compress-segment.ts";
import type { DataDirectory } from "../store/data-directory.ts";
import type { OpenStore } from "../store/open-store.ts";
import { type DatabaseSnapshot, withSnapshot } from "./database-snapshot.ts";
import { rowToLine } from "./row-text.ts";

export interface BackupSources {
  readonly store: OpenStore;
  readonly bucket: BucketStore;
  readonly directory: DataDirectory;
  readonly now: () => number;
}

export interface BackupOptions {
  readonly hasLogs: boolean;
  /** Ends with the reader. */
  readonly signal: AbortSignal;
}

/** A part of a table is held in memory until it is written. */
const PART_CHARACTERS = 1024 * 1024;
const PART_DIGITS = 6;
const READ_CHUNK_BYTES = 256 * 1024;

/**
 * Writes a backup of one moment while the server works: first the database is held fast, then what belongs to it is read. The bucket is
 * looked at before and after that moment, so that an object of the database is in the backup although somebody deletes it meanwhile.
 */
export async function writeBackup(
  { store, bucket, directory, now }: BackupSources,
  { hasLogs, signal }: BackupOptions,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const before = bucket.copyAll();
  let after: BucketCopy | undefined;
  try {
    const rows = await withSnapshot(store, async (snapshot) => {
      const then = bucket.copyAll();
      after = then;
      const takenAt = new Date(now());
      const manifest: BackupManifest = {
        format: hasVersions(before) || hasVersions(then) ? BACKUP_FORMAT_WITH_VERSIONS : BACKUP_FORMAT,
        version: SLUICE_VERSION,
        takenAt: takenAt.toISOString(),
        database: store.dialect,
        migrations: snapshot.migrations,
        hasLogs,
      };
      const writer = new BackupWriter(async (bytes) => {
        signal.throwIfAborted();
        await write(bytes);
      }, takenAt);
      await writer.add(MANIFEST_PATH, Buffer.from(JSON.stringify(manifest)));
      await writeDatabase(writer, snapshot);
      return { writer, bucket: then };
    });
    // The database is let go before: what follows may take hours, and is held fast by itself.
    await writeBucket(rows.writer, before, rows.bucket);
    if (hasLogs) await writeLogs(rows.writer, directory.logs, "");
    await rows.writer.end();
  } finally {
    before.close();
    after?.close();
  }
}

function hasVersions({ buckets }: BucketCopy): boolean {
  return buckets.some(({ versioning }) => versioning !== undefined);
}

async function writeDatabase(writer: BackupWriter, snapshot: DatabaseSnapshot): Promise<void> {
  for (const table of snapshot.tables) {
    let part = 0;
    let lines = "";
    const flush = async () => {
      const number = String(++part).padStart(PART_DIGITS, "0");
      await writer.add(`${DATABASE_PREFIX}${table}.${number}.jsonl`, Buffer.from(lines));
      lines = "";
    };
    for await (const rows of snapshot.rows(table)) {
      for (const row of rows) {
        lines += rowToLine(row);
        if (lines.length >= PART_CHARACTERS) await flush();
      }
    }
    if (lines !== "") await flush();
  }
}

async function writeBucket(writer: BackupWriter, before: BucketCopy, after: BucketCopy): Promise<void> {
  const { buckets, objects } = withDeletedSince(before, after);
  const lines = [...buckets.map((each) => ({ bucket: each })), ...objects.map((each) => ({ object: each }))];
  // Line by line: a bucket of a million objects makes more text than one string holds.
  const index = lines.map((line) => Buffer.from(`${JSON.stringify(line)}\n`));
  const indexBytes = index.reduce((bytes, line) => bytes + line.length, 0);
  await writer.addStream(BUCKET_INDEX_PATH, indexBytes, index);
  for (const segment of objects.flatMap(({ segments }) => segments)) {
    await writer.addStream(`${BLOBS_PREFIX}${segment.blob}`, segment.sizeBytes, after.read(segment));
  }
}

/**
 * Each file as long as it is when it is opened: logs grow, and old ones go, while they are read. One that goes after its folder was listed may
 * have been compressed: the folder is listed again, and has it under another name.
 */
async function writeLogs(writer: BackupWriter, root: string, below: string): Promise<void> {
  const seen = new Set<string>();
  for (let isMissing = true; isMissing; ) {
    isMissing = false;
    for (const entry of await readdirOrNone(join(root, below))) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (seen.has(path) || path.endsWith(UNFINISHED_SUFFIX)) continue;
      seen.add(path);
      if (entry.isDirectory()) await writeLogs(writer, root, path);
      if (entry.isFile() && !(await writeLog(writer, root, path))) isMissing = true;
    }
  }
}

/** False: there is no such file any more. */
async function writeLog(writer: BackupWriter, root: string, path: string): Promise<boolean> {
  const file = await open(join(root, path), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const range = { end: size - 1, autoClose: false, highWaterMark: READ_CHUNK_BYTES };
    await writer.addStream(`${LOGS_PREFIX}${path}`, size, size === 0 ? [] : file.createReadStream(range));
    return true;
  } finally {
    await file.close();
  }
}

async function readdirOrNone(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
