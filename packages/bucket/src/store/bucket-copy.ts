/** A whole bucket store as it was at one moment, to be carried elsewhere byte by byte. */
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { BlobDirectory } from "./blob-directory.ts";
import { inTransaction, openBucketIndex } from "./bucket-index.ts";
import { SEGMENTS } from "./columns.ts";
import type { Segment, Versioning } from "./stored-object.ts";

export interface CopiedBucket {
  readonly name: string;
  readonly createdAt: number;
  /** Absent: it never had versioning. */
  readonly versioning?: Versioning;
}

export interface CopiedObject {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksum: string | null;
  readonly attributes: string;
  readonly segments: readonly Segment[];
  /** Absent: the null version. */
  readonly version?: string;
  /** Absent: 0. Of one key the highest is the newest. */
  readonly sequence?: number;
  /** A delete marker: it has no bytes. */
  readonly isMarker?: true;
}

/** `objects` are all versions, and delete markers. Holds the bytes of its objects until it is closed, though they are deleted meanwhile. Uploads that nobody completed are left out. */
export interface BucketCopy {
  readonly buckets: readonly CopiedBucket[];
  readonly objects: readonly CopiedObject[];
  read(segment: Segment): AsyncGenerator<Buffer>;
  close(): void;
}

interface ObjectRow {
  name: string;
  key: Uint8Array;
  size_bytes: number;
  etag: string;
  modified_at: number;
  checksum: string | null;
  attributes: string;
  segments: Json<readonly Segment[]>;
  version: string | null;
  sequence: number;
  is_marker: number;
}

export function copyBucket(index: DatabaseSync, blobs: BlobDirectory): BucketCopy {
  const buckets = index.prepare("SELECT name, created_at, versioning FROM buckets ORDER BY id").all();
  const columns = "key, size_bytes, etag, modified_at, checksum, attributes, segments, version, sequence";
  const rows = index
    .prepare(
      `SELECT b.name, ${columns}, 0 AS is_marker FROM objects o JOIN buckets b ON b.id = o.bucket_id
       UNION ALL SELECT b.name, ${columns}, is_marker FROM versions v JOIN buckets b ON b.id = v.bucket_id`,
    )
    .all();
  const objects = (rows as unknown as ObjectRow[]).map((row) => ({
    bucket: row.name,
    key: Buffer.from(row.key).toString(),
    sizeBytes: row.size_bytes,
    etag: row.etag,
    modifiedAt: row.modified_at,
    checksum: row.checksum,
    attributes: row.attributes,
    segments: SEGMENTS.read(row.segments, row.key),
    ...(row.version !== null && { version: row.version }),
    ...(row.sequence !== 0 && { sequence: row.sequence }),
    ...(row.is_marker !== 0 && { isMarker: true as const }),
  }));
  const close = blobs.pin(objects.flatMap(({ segments }) => segments));
  return {
    buckets: buckets.map((row) => ({
      name: row.name as string,
      createdAt: row.created_at as number,
      ...(row.versioning !== null && { versioning: row.versioning as Versioning }),
    })),
    objects,
    read: (segment) => blobs.read([segment], { start: 0, end: segment.sizeBytes - 1 }),
    close,
  };
}

/**
 * The newer copy, and what was deleted since the older one, but for delete markers: without them nobody misses a byte, and with them again an
 * object that is there would be hidden. Close both.
 */
export function withDeletedSince(older: BucketCopy, newer: BucketCopy): Pick<BucketCopy, "buckets" | "objects"> {
  const named = new Set(newer.buckets.map(({ name }) => name));
  const keyOf = ({ bucket, key, version }: CopiedObject) => JSON.stringify([bucket, key, version]);
  const there = new Set(newer.objects.filter(({ isMarker }) => !isMarker).map(keyOf));
  const deleted = older.objects.filter((object) => !object.isMarker && !there.has(keyOf(object)));
  // Where versioning is suspended a delete marker takes the object's own place, the null version.
  const back = new Set(deleted.map(keyOf));
  return {
    buckets: [...newer.buckets, ...older.buckets.filter(({ name }) => !named.has(name))],
    objects: [...newer.objects.filter((object) => !object.isMarker || !back.has(keyOf(object))), ...deleted],
  };
}

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/** A blob's name becomes a path: any other name could lead out of the bucket. */
const BLOB_NAME = /^[0-9a-f]{32}$/;

function requireBlobName(blob: unknown): void {
  if (typeof blob !== "string" || !BLOB_NAME.test(blob))
    throw new Error(`${JSON.stringify(blob)} is not a valid name of a blob`);
}

/** A new bucket store in `directory`, made of a copy: first every segment's bytes, then the index. */
export async function restoreBlob(directory: string, blob: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  requireBlobName(blob);
  const folder = join(directory, "blobs", blob.slice(0, 2));
  mkdirSync(folder, { recursive: true, mode: PRIVATE_DIRECTORY });
  const file = await open(join(folder, blob), "wx", PRIVATE_FILE);
  try {
    for await (const chunk of bytes) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

export function restoreIndex(directory: string, copy: Pick<BucketCopy, "buckets" | "objects">): void {
  mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const index = openBucketIndex(join(directory, "index.sqlite"));
  try {
    inTransaction(index, () => {
      const bucket = index.prepare("INSERT INTO buckets (name, created_at, versioning) VALUES (?, ?, ?)");
      for (const { name, createdAt, versioning } of copy.buckets) bucket.run(name, createdAt, versioning ?? null);
      for (const each of copy.objects) {
        for (const { blob } of each.segments) requireBlobName(blob);
      }
      restoreVersions(index, copy.objects);
    });
  } finally {
    index.close();
  }
}

/** The newest of a key is its current object, unless that is a delete marker; all others are its older versions. */
function restoreVersions(index: DatabaseSync, objects: readonly CopiedObject[]): void {
  const columns = "bucket_id, key, size_bytes, etag, modified_at, checksum, attributes, segments, version, sequence";
  const values = "(SELECT id FROM buckets WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?";
  const current = index.prepare(`INSERT INTO objects (${columns}) VALUES (${values})`);
  const older = index.prepare(`INSERT INTO versions (${columns}, is_marker) VALUES (${values}, ?)`);
  const newest = new Map<string, number>();
  const keyOf = ({ bucket, key }: CopiedObject) => JSON.stringify([bucket, key]);
  for (const each of objects) {
    newest.set(keyOf(each), Math.max(newest.get(keyOf(each)) ?? 0, each.sequence ?? 0));
  }
  let last = 0;
  for (const each of objects) {
    const sequence = each.sequence ?? 0;
    last = Math.max(last, sequence);
    const row = [
      each.bucket,
      Buffer.from(each.key),
      each.sizeBytes,
      each.etag,
      each.modifiedAt,
      each.checksum,
      each.attributes,
      SEGMENTS.write(each.segments),
      each.version ?? null,
      sequence,
    ] as const;
    if (sequence === newest.get(keyOf(each)) && !each.isMarker) current.run(...row);
    else older.run(...row, each.isMarker ? 1 : 0);
  }
  index.prepare("UPDATE version_clock SET last = ?").run(last);
}
