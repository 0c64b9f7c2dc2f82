/** Rows of objects to and from values; every method that changes something must run inside a transaction. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { BucketFault } from "./bucket-fault.ts";
import { requireKey } from "./bucket-name.ts";
import type {
  ObjectAttributes,
  ObjectChecksum,
  ObjectSummary,
  Segment,
  StoredObject,
  WritePrecondition,
} from "./stored-object.ts";

export interface SummaryRow {
  key: Uint8Array;
  size_bytes: number;
  etag: string;
  modified_at: number;
  checksum: string | null;
}

interface ObjectRow extends SummaryRow {
  attributes: string;
  segments: string;
}

export class ObjectTable {
  readonly #bucketId: StatementSync;
  readonly #any: StatementSync;
  readonly #get: StatementSync;
  readonly #state: StatementSync;
  readonly #seek: StatementSync;
  readonly #upsert: StatementSync;
  readonly #setSegments: StatementSync;
  readonly #delete: StatementSync;

  constructor(index: DatabaseSync) {
    const summary = "key, size_bytes, etag, modified_at, checksum";
    this.#bucketId = index.prepare("SELECT id FROM buckets WHERE name = ?");
    this.#any = index.prepare("SELECT 1 FROM objects WHERE bucket_id = ? LIMIT 1");
    this.#get = index.prepare(`SELECT ${summary}, attributes, segments FROM objects WHERE bucket_id = ? AND key = ?`);
    this.#state = index.prepare(
      "SELECT b.id, o.etag, o.segments FROM buckets b LEFT JOIN objects o ON o.bucket_id = b.id AND o.key = ? WHERE b.id = ?",
    );
    this.#seek = index.prepare(`SELECT ${summary} FROM objects WHERE bucket_id = ? AND key >= ? ORDER BY key LIMIT ?`);
    this.#upsert = index.prepare(
      `INSERT OR REPLACE INTO objects (bucket_id, ${summary}, attributes, segments) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#setSegments = index.prepare(
      "UPDATE objects SET segments = ? WHERE bucket_id = (SELECT id FROM buckets WHERE name = ?) AND key = ? AND segments = ?",
    );
    this.#delete = index.prepare("DELETE FROM objects WHERE bucket_id = ? AND key = ?");
  }

  requireBucket(name: string): number {
    const row = this.#bucketId.get(name);
    if (!row) throw noSuchBucket(name);
    return row.id as number;
  }

  hasAny(bucketId: number): boolean {
    return this.#any.get(bucketId) !== undefined;
  }

  require(bucket: string, key: string): { object: StoredObject; segments: Segment[] } {
    const row = this.#get.get(this.requireBucket(bucket), requireKey(key)) as ObjectRow | undefined;
    if (!row) throw new BucketFault("NoSuchKey", "The specified key does not exist.", { Key: key });
    const segments = JSON.parse(row.segments) as Segment[];
    const object: StoredObject = {
      ...this.summary(row),
      attributes: JSON.parse(row.attributes) as ObjectAttributes,
      ...(row.etag.includes("-") && { partSizes: segments.map((segment) => segment.sizeBytes) }),
    };
    return { object, segments };
  }

  requirePrecondition(bucketId: number, key: Uint8Array, precondition: WritePrecondition | undefined): void {
    const row = this.#state.get(key, bucketId) as { etag: string | null } | undefined;
    if (!row) throw noSuchBucket();
    if (precondition?.absent && row.etag !== null) throw preconditionFailed("If-None-Match");
    if (precondition?.etag === undefined) return;
    if (row.etag === null) throw new BucketFault("NoSuchKey", "The specified key does not exist.");
    if (precondition.etag !== "*" && precondition.etag !== row.etag) throw preconditionFailed("If-Match");
  }

  /** Returns the segments of the object that was there. */
  replace(
    bucketId: number,
    object: StoredObject,
    segments: readonly Segment[],
    precondition?: WritePrecondition,
  ): Segment[] {
    const key = requireKey(object.key);
    this.requirePrecondition(bucketId, key, precondition);
    const replaced = this.#segmentsOf(bucketId, key);
    this.#upsert.run(
      bucketId,
      key,
      object.sizeBytes,
      object.etag,
      object.modifiedAt.getTime(),
      object.checksum ? JSON.stringify(object.checksum) : null,
      JSON.stringify(object.attributes),
      JSON.stringify(segments),
    );
    return replaced ?? [];
  }

  /** Does nothing when the object is another one by now. */
  keepDigest(bucket: string, key: string, segments: readonly Segment[], objectSha256: string): void {
    const [first, ...rest] = segments;
    if (!first) return;
    const digested = JSON.stringify([{ ...first, objectSha256 }, ...rest]);
    this.#setSegments.run(digested, bucket, requireKey(key), JSON.stringify(segments));
  }

  remove(bucketId: number, key: Uint8Array): Segment[] | undefined {
    const removed = this.#segmentsOf(bucketId, key);
    if (removed) this.#delete.run(bucketId, key);
    return removed;
  }

  seek(bucketId: number, from: Uint8Array, limit: number): SummaryRow[] {
    return this.#seek.all(bucketId, from, limit) as unknown as SummaryRow[];
  }

  summary(row: SummaryRow): ObjectSummary {
    return {
      key: Buffer.from(row.key.buffer, row.key.byteOffset, row.key.byteLength).toString(),
      sizeBytes: row.size_bytes,
      etag: row.etag,
      modifiedAt: new Date(row.modified_at),
      ...(row.checksum !== null && { checksum: JSON.parse(row.checksum) as ObjectChecksum }),
    };
  }

  #segmentsOf(bucketId: number, key: Uint8Array): Segment[] | undefined {
    const row = this.#state.get(key, bucketId) as { segments: string | null } | undefined;
    return row?.segments == null ? undefined : (JSON.parse(row.segments) as Segment[]);
  }
}

function noSuchBucket(name?: string): BucketFault {
  return new BucketFault(
    "NoSuchBucket",
    "The specified bucket does not exist",
    name === undefined ? {} : { BucketName: name },
  );
}

function preconditionFailed(condition: string): BucketFault {
  return new BucketFault("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}
