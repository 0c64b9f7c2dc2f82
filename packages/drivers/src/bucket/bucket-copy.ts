/** A whole bucket store as it was at one moment, to be carried elsewhere byte by byte. */
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { BlobDirectory } from "./blob-directory.ts";
import { inTransaction, openBucketIndex } from "./bucket-index.ts";
import type { Segment } from "./stored-object.ts";

export interface CopiedBucket {
  readonly name: string;
  readonly createdAt: number;
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
}

/** Holds the bytes of its objects until it is closed, though they are deleted meanwhile. Uploads that nobody completed are left out. */
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
  segments: string;
}

export function copyBucket(index: DatabaseSync, blobs: BlobDirectory): BucketCopy {
  const buckets = index.prepare("SELECT name, created_at AS createdAt FROM buckets ORDER BY id").all();
  const rows = index.prepare("SELECT b.name, o.* FROM objects o JOIN buckets b ON b.id = o.bucket_id").all();
  const objects = (rows as unknown as ObjectRow[]).map((row) => ({
    bucket: row.name,
    key: Buffer.from(row.key).toString(),
    sizeBytes: row.size_bytes,
    etag: row.etag,
    modifiedAt: row.modified_at,
    checksum: row.checksum,
    attributes: row.attributes,
    segments: JSON.parse(row.segments) as Segment[],
  }));
  const close = blobs.pin(objects.flatMap(({ segments }) => segments));
  return {
    buckets: buckets as unknown as CopiedBucket[],
    objects,
    read: (segment) => blobs.read([segment], { start: 0, end: segment.sizeBytes - 1 }),
    close,
  };
}

/** The newer copy, and what was deleted since the older one. Close both. */
export function withDeletedSince(older: BucketCopy, newer: BucketCopy): Pick<BucketCopy, "buckets" | "objects"> {
  const named = new Set(newer.buckets.map(({ name }) => name));
  const keyOf = ({ bucket, key }: CopiedObject) => `${bucket}/${key}`;
  const there = new Set(newer.objects.map(keyOf));
  return {
    buckets: [...newer.buckets, ...older.buckets.filter(({ name }) => !named.has(name))],
    objects: [...newer.objects, ...older.objects.filter((object) => !there.has(keyOf(object)))],
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
      const bucket = index.prepare("INSERT INTO buckets (name, created_at) VALUES (?, ?)");
      for (const { name, createdAt } of copy.buckets) bucket.run(name, createdAt);
      const object = index.prepare(
        `INSERT INTO objects (bucket_id, key, size_bytes, etag, modified_at, checksum, attributes, segments)
         VALUES ((SELECT id FROM buckets WHERE name = ?), ?, ?, ?, ?, ?, ?, ?)`,
      );
      for (const each of copy.objects) {
        for (const { blob } of each.segments) requireBlobName(blob);
        const segments = JSON.stringify(each.segments);
        const key = Buffer.from(each.key);
        object.run(
          each.bucket,
          key,
          each.sizeBytes,
          each.etag,
          each.modifiedAt,
          each.checksum,
          each.attributes,
          segments,
        );
      }
    });
  } finally {
    index.close();
  }
}
