import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";
import {
  BACKUP_FORMAT,
  BACKUP_FORMAT_WITH_VERSIONS,
  type BackupManifest,
  CHECKSUMS_PATH,
  type EntryChecksum,
  MANIFEST_PATH,
} from "./backup-format.ts";
import { decodeTarHeader, isTarHeader, TAR_BLOCK_BYTES, tarPadding } from "./backup-tar-header.ts";

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const READ_CHUNK_BYTES = 256 * 1024;
/** A larger one is not a manifest: ours have less than a kilobyte. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** An entry or a line that is read as a whole; a list of checksums is the largest. */
const MAX_READ_WHOLE_BYTES = 256 * 1024 * 1024;
const NEW_LINE = 0x0a;

/** A file that is not a backup, or a damaged one. */
export class DamagedBackupError extends Error {
  override readonly name = "DamagedBackupError";
}

export interface BackupEntry {
  readonly path: string;
  readonly size: number;
  /** The bytes; may be read once, or not at all. */
  read(): AsyncGenerator<Buffer>;
}

/** The entries of a backup, in order. */
export async function* backupEntries(file: string): AsyncGenerator<BackupEntry> {
  const handle = await openFile(file);
  try {
    const { size: total } = await handle.stat();
    await checkKind(handle, file);
    for (let at = 0; ; ) {
      const header = decodeHeader(await readExactly(handle, at, TAR_BLOCK_BYTES, file), file);
      if (header === null) return;
      const start = at + TAR_BLOCK_BYTES;
      if (start + header.size > total) throw damaged(file, `it ends within ${header.path}`);
      yield { ...header, read: () => readRange(handle, start, header.size, file) };
      at = start + header.size + tarPadding(header.size);
    }
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new DamagedBackupError(
        `${file} does not exist. Name a backup file; to back up a running server: sluice backup FILE --data DIR`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new DamagedBackupError(
        `permission denied: this user cannot read ${file}. See its owner and mode: ls -l ${file}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

/** Names what was taken for a backup by mistake. */
async function checkKind(handle: FileHandle, file: string): Promise<void> {
  if ((await handle.stat()).isDirectory()) {
    throw new DamagedBackupError(`${file} is a directory, not a backup file: name the file that sluice backup wrote`);
  }
  const start = Buffer.alloc(TAR_BLOCK_BYTES);
  await handle.read(start, 0, TAR_BLOCK_BYTES, 0);
  if (start.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) {
    throw new DamagedBackupError(`${file} is compressed: gunzip it first`);
  }
  if (!isTarHeader(start)) {
    throw new DamagedBackupError(`${file} is not a tar archive: name the file that sluice backup wrote`);
  }
}

/**
 * Reads the whole backup and holds every entry against its checksum.
 * @throws DamagedBackupError
 */
export async function verifyBackup(
  file: string,
): Promise<{ readonly manifest: BackupManifest; readonly entries: number }> {
  const found: EntryChecksum[] = [];
  let manifest: BackupManifest | undefined;
  let promised: EntryChecksum[] | undefined;
  for await (const entry of backupEntries(file)) {
    if (promised) throw damaged(file, `${entry.path} comes after ${CHECKSUMS_PATH}`);
    if (entry.path === CHECKSUMS_PATH) {
      promised = readChecksums(await readWhole(entry, file), file);
      continue;
    }
    if (found.length === 0 && entry.path !== MANIFEST_PATH)
      throw damaged(file, `it does not begin with ${MANIFEST_PATH}`);
    const hash = createHash("sha256");
    const isManifest = entry.path === MANIFEST_PATH;
    if (isManifest && entry.size > MAX_MANIFEST_BYTES) throw damaged(file, `${entry.path} has ${entry.size} bytes`);
    const kept: Buffer[] = [];
    for await (const chunk of entry.read()) {
      hash.update(chunk);
      if (isManifest) kept.push(chunk);
    }
    if (isManifest) manifest = readManifest(Buffer.concat(kept), file);
    found.push({ path: entry.path, size: entry.size, sha256: hash.digest("hex") });
  }
  if (!promised || !manifest) throw damaged(file, "its end is missing");
  const sums = new Map(found.map((entry) => [entry.path, entry.sha256]));
  const wrong = promised.find(({ path, sha256 }) => sums.get(path) !== sha256);
  if (wrong) throw damaged(file, `${wrong.path} is not what was backed up`);
  if (promised.length !== found.length) throw damaged(file, "it contains entries that were not backed up");
  return { manifest, entries: found.length };
}

export async function readWhole(entry: BackupEntry, file: string): Promise<Buffer> {
  if (entry.size > MAX_READ_WHOLE_BYTES) throw damaged(file, `${entry.path} has ${entry.size} bytes`);
  const chunks: Buffer[] = [];
  for await (const chunk of entry.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The lines of an entry of any size, each a JSON object. */
export async function readLines(entry: BackupEntry, file: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for await (const line of linesOf(entry, file)) lines.push(line);
  return lines;
}

async function* linesOf(entry: BackupEntry, file: string): AsyncGenerator<Record<string, unknown>> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of entry.read()) {
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end !== -1; end = chunk.indexOf(NEW_LINE, start)) {
      yield* readLine(Buffer.concat([...begun, chunk.subarray(start, end)]), entry, file);
      begun = [];
      begunBytes = 0;
      start = end + 1;
    }
    begun.push(chunk.subarray(start));
    begunBytes += chunk.length - start;
    if (begunBytes > MAX_READ_WHOLE_BYTES) throw damaged(file, `a line of ${entry.path} has ${begunBytes} bytes`);
  }
  yield* readLine(Buffer.concat(begun), entry, file);
}

function* readLine(line: Buffer, entry: BackupEntry, file: string): Generator<Record<string, unknown>> {
  if (line.length === 0) return;
  const value = parse(line.toString(), file, entry.path);
  if (!isObject(value)) throw damaged(file, `a line of ${entry.path} is not a JSON object`);
  yield value;
}

const DATABASES: readonly unknown[] = ["sqlite", "postgres"] satisfies BackupManifest["database"][];

function readManifest(bytes: Buffer, file: string): BackupManifest {
  const manifest = parse(bytes.toString(), file, MANIFEST_PATH);
  const wrong = (field: string) => damaged(file, `${field} of ${MANIFEST_PATH} is missing or of the wrong type`);
  if (!isObject(manifest)) throw damaged(file, `${MANIFEST_PATH} is not a JSON object`);
  const { format, version, takenAt, database, migrations, hasLogs } = manifest;
  if (typeof format !== "number") throw wrong("format");
  if (typeof version !== "string") throw wrong("version");
  if (format !== BACKUP_FORMAT && format !== BACKUP_FORMAT_WITH_VERSIONS) {
    throw new DamagedBackupError(
      `${file} is a backup in format ${format}, made by sluice ${version}; this program reads formats ${BACKUP_FORMAT} and ${BACKUP_FORMAT_WITH_VERSIONS}. Restore it with that version`,
    );
  }
  if (typeof takenAt !== "string" || Number.isNaN(Date.parse(takenAt))) throw wrong("takenAt");
  if (!DATABASES.includes(database)) throw wrong("database");
  if (!Array.isArray(migrations) || !migrations.every((name) => typeof name === "string")) throw wrong("migrations");
  if (typeof hasLogs !== "boolean") throw wrong("hasLogs");
  return { format, version, takenAt, database: database as BackupManifest["database"], migrations, hasLogs };
}

function readChecksums(bytes: Buffer, file: string): EntryChecksum[] {
  const checksums = parse(bytes.toString(), file, CHECKSUMS_PATH);
  const isChecksum = (value: unknown) =>
    isObject(value) && typeof value.path === "string" && typeof value.sha256 === "string";
  if (!Array.isArray(checksums) || !checksums.every(isChecksum))
    throw damaged(file, `${CHECKSUMS_PATH} is not a list of checksums`);
  return checksums as EntryChecksum[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string, file: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, `${path} cannot be read`, error);
  }
}

function decodeHeader(block: Buffer, file: string) {
  try {
    return decodeTarHeader(block);
  } catch (error) {
    throw damaged(file, reasonOf(error), error);
  }
}

async function readExactly(handle: FileHandle, position: number, length: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const { bytesRead } = await handle.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) throw damaged(file, "its end is missing");
    read += bytesRead;
  }
  return buffer;
}

async function* readRange(handle: FileHandle, start: number, size: number, file: string): AsyncGenerator<Buffer> {
  for (let done = 0; done < size; ) {
    const chunk = await readExactly(handle, start + done, Math.min(READ_CHUNK_BYTES, size - done), file);
    done += chunk.length;
    yield chunk;
  }
}

export function damaged(file: string, what: string, cause?: unknown): DamagedBackupError {
  return new DamagedBackupError(
    `${file} is not a complete Sluice backup: ${what}. Nothing was restored. Take another backup file`,
    { cause },
  );
}
