/** Rows of objects to and from values; every method that changes something must run inside a transaction. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { BucketFault, noSuchVersion } from "./bucket-fault.ts";
import { requireKey } from "./bucket-name.ts";
import { ATTRIBUTES, CHECKSUM, SEGMENTS } from "./columns.ts";
import type {
  ObjectAttributes,
  ObjectSummary,
  Segment,
  StoredObject,
  Versioning,
  WritePrecondition,
} from "./stored-object.ts";
import { NULL_VERSION, sequenceOf } from "./version-id.ts";
import { LISTED_COLUMNS, type ObjectRow, SUMMARY_COLUMNS, type SummaryRow, VersionTable } from "./version-table.ts";

interface BucketRow {
  id: number;
  versioning: Versioning | null;
}

/** What a write or a deletion did. */
export interface Change {
  /** Of what is gone for good, to be discarded after the commit. */
  garbage: readonly Segment[];
  /** Of the version, or the delete marker, that was written or removed; only in a bucket that has or had versioning. */
  versionId?: string;
  /** A delete marker was made, or removed. */
  isMarker?: boolean;
  /** Whether something was there to be replaced or deleted. */
  existed: boolean;
}

export class ObjectTable {
  readonly versions: VersionTable;
  readonly #bucket: StatementSync;
  readonly #bucketOf: StatementSync;
  readonly #any: StatementSync;
  readonly #get: StatementSync;
  readonly #state: StatementSync;
  readonly #seek: StatementSync;
  readonly #upsert: StatementSync;
  readonly #setSegments: StatementSync;
  readonly #setAttributes: StatementSync;
  readonly #delete: StatementSync;

  constructor(index: DatabaseSync) {
    this.versions = new VersionTable(index);
    const columns = `${SUMMARY_COLUMNS}, attributes, segments`;
    this.#bucket = index.prepare("SELECT id, versioning FROM buckets WHERE name = ?");
    this.#bucketOf = index.prepare("SELECT id, versioning FROM buckets WHERE id = ?");
    this.#any = index.prepare("SELECT 1 FROM objects WHERE bucket_id = ? LIMIT 1");
    this.#get = index.prepare(`SELECT ${columns} FROM objects WHERE bucket_id = ? AND key = ?`);
    this.#state = index.prepare(
      "SELECT b.id, o.etag FROM buckets b LEFT JOIN objects o ON o.bucket_id = b.id AND o.key = ? WHERE b.id = ?",
    );
    this.#seek = index.prepare(
      `SELECT ${LISTED_COLUMNS} FROM objects WHERE bucket_id = ? AND key >= ? ORDER BY key LIMIT ?`,
    );
    this.#upsert = index.prepare(
      `INSERT OR REPLACE INTO objects (bucket_id, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#setSegments = index.prepare(
      "UPDATE objects SET segments = ? WHERE bucket_id = ? AND key = ? AND segments = ?",
    );
    this.#setAttributes = index.prepare("UPDATE objects SET attributes = ? WHERE bucket_id = ? AND key = ?");
    this.#delete = index.prepare("DELETE FROM objects WHERE bucket_id = ? AND key = ?");
  }

  requireBucket(name: string): number {
    return this.requireBucketRow(name).id;
  }

  requireBucketRow(name: string): BucketRow {
    const row = this.#bucket.get(name) as BucketRow | undefined;
    if (!row) throw noSuchBucket(name);
    return row;
  }

  /** Objects, older versions or delete markers. */
  hasAny(bucketId: number): boolean {
    return this.#any.get(bucketId) !== undefined || this.versions.hasAny(bucketId);
  }

  /** The current object, or one version. Throws NoSuchKey, NoSuchVersion, MethodNotAllowed (it is a delete marker), InvalidArgument. */
  require(bucket: string, key: string, versionId?: string): { object: StoredObject; segments: readonly Segment[] } {
    const { id, versioning } = this.requireBucketRow(bucket);
    const { row } = this.#requireRow(id, key, versionId);
    const segments = SEGMENTS.read(row.segments, key);
    const object: StoredObject = {
      ...this.summary(row),
      attributes: ATTRIBUTES.read(row.attributes, key),
      ...(row.etag.includes("-") && { partSizes: segments.map((segment) => segment.sizeBytes) }),
      ...(versioning && { versionId: row.version ?? NULL_VERSION }),
    };
    return { object, segments };
  }

  requirePrecondition(bucketId: number, key: Uint8Array, precondition: WritePrecondition | undefined): void {
    const row = this.#state.get(key, bucketId) as { etag: string | null } | undefined;
    if (!row) throw noSuchBucket();
    if (precondition) requireEtag(row.etag, precondition);
  }

  /** In the place of the current object, which stays as an older version where the bucket has versioning. */
  replace(
    bucketId: number,
    object: StoredObject,
    segments: readonly Segment[],
    precondition?: WritePrecondition,
  ): Change {
    const key = requireKey(object.key);
    this.requirePrecondition(bucketId, key, precondition);
    const made = this.#makeRoom(bucketId, key);
    this.#upsert.run(
      bucketId,
      key,
      object.sizeBytes,
      object.etag,
      object.modifiedAt.getTime(),
      object.checksum ? CHECKSUM.write(object.checksum) : null,
      made.version,
      made.sequence,
      ATTRIBUTES.write(object.attributes),
      SEGMENTS.write(segments),
    );
    const { change } = made;
    return { ...change, ...(made.versioning && { versionId: made.version ?? NULL_VERSION }) };
  }

  /** Without versioning the object goes; with it, a delete marker comes in its place. */
  remove(bucketId: number, key: Uint8Array, now: Date): Change {
    const made = this.#makeRoom(bucketId, key);
    if (!made.versioning) {
      this.#delete.run(bucketId, key);
      return made.change;
    }
    this.versions.mark(bucketId, key, made, now);
    return { ...made.change, versionId: made.version ?? NULL_VERSION, isMarker: true };
  }

  /** One version for good; what was before it becomes current if it was the newest. Throws InvalidArgument, PreconditionFailed. */
  removeVersion(bucketId: number, key: Uint8Array, versionId: string, precondition?: WritePrecondition): Change {
    const { versioning } = this.#bucketOf.get(bucketId) as unknown as BucketRow;
    const current = this.#currentVersion(bucketId, key, versionId);
    const older = current ? undefined : this.versions.find(bucketId, key, versionId);
    const row = current ?? older;
    if (precondition) requireEtag(row && !older?.is_marker ? row.etag : null, precondition);
    if (current) this.#delete.run(bucketId, key);
    if (older) this.versions.delete(bucketId, key, older.sequence);
    // A marker that went may have hidden an object.
    if (row && !this.#get.get(bucketId, key)) this.versions.promote(bucketId, key);
    return {
      garbage: row ? SEGMENTS.read(row.segments, key) : [],
      existed: row !== undefined,
      ...(versioning && { versionId }),
      ...(older?.is_marker && { isMarker: true }),
    };
  }

  /** Returns the id of the version that was changed. Throws as `require` does. */
  changeAttributes(
    bucket: string,
    key: string,
    versionId: string | undefined,
    change: (attributes: ObjectAttributes) => ObjectAttributes,
  ): string | undefined {
    const { id, versioning } = this.requireBucketRow(bucket);
    const { row, isCurrent } = this.#requireRow(id, key, versionId);
    const attributes = ATTRIBUTES.write(change(ATTRIBUTES.read(row.attributes, key)));
    if (isCurrent) this.#setAttributes.run(attributes, id, row.key);
    else this.versions.setAttributes(id, row.key, row.sequence, attributes);
    return versioning ? (row.version ?? NULL_VERSION) : undefined;
  }

  /** Does nothing when the object is gone by now. */
  keepDigest(bucketId: number, key: string, segments: readonly Segment[], objectSha256: string): void {
    const [first, ...rest] = segments;
    if (!first) return;
    const before = SEGMENTS.write(segments);
    const digested = SEGMENTS.write([{ ...first, objectSha256 }, ...rest]);
    const { changes } = this.#setSegments.run(digested, bucketId, requireKey(key), before);
    if (changes === 0) this.versions.setSegments(bucketId, requireKey(key), before, digested);
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
      ...(row.checksum !== null && { checksum: CHECKSUM.read(row.checksum, row.key) }),
      ...(row.storage_class != null && { storageClass: row.storage_class }),
    };
  }

  /** Takes out of the way what a new version, or a marker, comes in the place of. */
  #makeRoom(bucketId: number, key: Uint8Array) {
    const { versioning } = this.#bucketOf.get(bucketId) as unknown as BucketRow;
    const current = this.#get.get(bucketId, key) as ObjectRow | undefined;
    const change: Change = { garbage: [], existed: current !== undefined };
    if (!versioning) {
      if (current) change.garbage = SEGMENTS.read(current.segments, key);
      return { change, versioning, version: null, sequence: 0 };
    }
    if (versioning === "Suspended") {
      // Of the null version there is one: the new one takes the place of the old, wherever that is.
      if (current?.version === null) this.#delete.run(bucketId, key);
      const older = this.versions.find(bucketId, key, NULL_VERSION);
      if (older) this.versions.delete(bucketId, key, older.sequence);
      const replaced = current?.version === null ? current : older;
      if (replaced) change.garbage = SEGMENTS.read(replaced.segments, key);
    }
    this.versions.demote(bucketId, key);
    return { change, versioning, ...this.versions.newVersion(versioning === "Suspended") };
  }

  #requireRow(bucketId: number, key: string, versionId?: string): { row: ObjectRow; isCurrent: boolean } {
    const keyBytes = requireKey(key);
    const current = this.#currentVersion(bucketId, keyBytes, versionId);
    if (current) return { row: current, isCurrent: true };
    if (versionId === undefined) {
      const top = this.versions.top(bucketId, keyBytes);
      const marker = top && { versionId: top.version ?? NULL_VERSION, modifiedAt: new Date(top.modified_at) };
      throw new BucketFault("NoSuchKey", "The specified key does not exist.", { Key: key }, marker && { marker });
    }
    const row = this.versions.find(bucketId, keyBytes, versionId);
    if (!row) throw noSuchVersion(key, versionId);
    if (row.is_marker) {
      throw new BucketFault(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        { Method: "GET", ResourceType: "DeleteMarker" },
        { marker: { versionId, modifiedAt: new Date(row.modified_at) } },
      );
    }
    return { row, isCurrent: false };
  }

  /** The current object, if it is the version that is asked for. */
  #currentVersion(bucketId: number, key: Uint8Array, versionId: string | undefined): ObjectRow | undefined {
    // Of a malformed id nothing else is said, whether the key is there or not.
    if (versionId !== undefined && versionId !== NULL_VERSION) sequenceOf(versionId);
    const row = this.#get.get(bucketId, key) as ObjectRow | undefined;
    return versionId === undefined || (row?.version ?? NULL_VERSION) === versionId ? row : undefined;
  }
}

/** `etag` of what is there; null where nothing is. */
function requireEtag(etag: string | null, precondition: WritePrecondition): void {
  if (precondition.absent && etag !== null) throw preconditionFailed("If-None-Match");
  if (precondition.etag === undefined) return;
  if (etag === null) throw new BucketFault("NoSuchKey", "The specified key does not exist.");
  if (precondition.etag !== "*" && precondition.etag !== etag) throw preconditionFailed("If-Match");
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
