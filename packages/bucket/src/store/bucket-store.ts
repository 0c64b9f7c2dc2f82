/** The embedded bucket: objects on this machine's disk, by S3's rules and without HTTP. Layout: `index.sqlite` and `blobs/`. */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { ChecksumAlgorithm } from "@sluice/wire/checksum/checksum.ts";
import { BlobDirectory } from "./blob-directory.ts";
import { type BucketCopy, copyBucket } from "./bucket-copy.ts";
import { BucketFault } from "./bucket-fault.ts";
import { inTransaction, openBucketIndex } from "./bucket-index.ts";
import { requireBucketName, requireKey } from "./bucket-name.ts";
import { type ListingPage, type ListingQuery, listKeys } from "./key-listing.ts";
import { MultipartUploads } from "./multipart-uploads.ts";
import { type Change, ObjectTable } from "./object-table.ts";
import type {
  Body,
  BodyExpectation,
  ByteRange,
  ListedObject,
  ObjectAttributes,
  ObjectChecksum,
  Segment,
  StoredObject,
  Versioning,
  WritePrecondition,
} from "./stored-object.ts";
import { NULL_VERSION } from "./version-id.ts";
import { listVersions, type VersionPage, type VersionQuery } from "./version-listing.ts";

/** S3's limit for one PUT or copy; larger objects come in parts. */
export const MAX_SINGLE_WRITE_BYTES = 5 * 1024 ** 3;
/** Uploads that nobody completed or aborted are swept after this time. */
export const ABANDONED_UPLOAD_DAYS = 7;
const SWEEP_INTERVAL_MILLISECONDS = 60 * 60 * 1000;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface BucketSummary {
  name: string;
  createdAt: Date;
}

export interface DeletionRequest {
  /** This version for good; without it the current object, of which a bucket with versioning keeps what was there. */
  versionId?: string;
  precondition?: WritePrecondition;
}

/** `isMarker`: a delete marker was made, or removed. */
export type Deletion = Omit<Change, "garbage">;

export interface BucketQuery {
  prefix: string;
  /** Only names that sort after it. */
  after: string;
  limit: number;
}

export interface PutRequest {
  attributes: ObjectAttributes;
  expectation?: BodyExpectation;
  precondition?: WritePrecondition;
}

export interface CopyRequest {
  /** Replaces the source's attributes; without it they are kept. */
  attributes?: ObjectAttributes;
  /** Computes this checksum for the copy; without it the source's algorithm is kept. */
  checksum?: ChecksumAlgorithm;
  precondition?: WritePrecondition;
}

/** An object as it was when it was opened: a later write or deletion does not change what is read. Close it in any case. */
export interface OpenObject {
  object: StoredObject;
  segments: readonly Segment[];
  /** Streams the range, or everything. */
  read(range?: ByteRange): AsyncGenerator<Buffer>;
  close(): void;
}

export class BucketStore {
  readonly uploads: MultipartUploads;
  readonly #index: DatabaseSync;
  readonly #blobs: BlobDirectory;
  readonly #objects: ObjectTable;
  readonly #now: () => Date;
  /** Objects that are read for their SHA-256, by their blobs. */
  readonly #digesting = new Map<string, Promise<string>>();
  #nextSweepAt = 0;

  constructor(index: DatabaseSync, blobs: BlobDirectory, now: () => Date) {
    this.#index = index;
    this.#blobs = blobs;
    this.#now = now;
    this.#objects = new ObjectTable(index);
    this.uploads = new MultipartUploads({
      index,
      blobs,
      objects: this.#objects,
      now,
      // A deployment of it would wait for that. What goes wrong is told to whoever asks for it.
      onCompleted: (bucket, key, versionId) => void this.#digestOnce(bucket, key, versionId).catch(() => {}),
    });
  }

  /** By name. `isTruncated`: more follow. */
  listBuckets(query?: BucketQuery): { buckets: BucketSummary[]; isTruncated: boolean } {
    const { prefix, after, limit } = query ?? { prefix: "", after: "", limit: Number.MAX_SAFE_INTEGER - 1 };
    const rows = this.#index
      .prepare(
        "SELECT name, created_at FROM buckets WHERE substr(name, 1, length(?)) = ? AND name > ? ORDER BY name LIMIT ?",
      )
      .all(prefix, prefix, after, limit + 1);
    const buckets = rows.map((row) => ({ name: row.name as string, createdAt: new Date(row.created_at as number) }));
    return { buckets: buckets.slice(0, limit), isTruncated: buckets.length > limit };
  }

  /** Undefined: the bucket never had versioning. Throws NoSuchBucket. */
  versioning(bucket: string): Versioning | undefined {
    return this.#objects.requireBucketRow(bucket).versioning ?? undefined;
  }

  /** From now on; what is there keeps its versions. Throws NoSuchBucket. */
  setVersioning(bucket: string, versioning: Versioning): void {
    inTransaction(this.#index, () => {
      const bucketId = this.#objects.requireBucket(bucket);
      this.#index.prepare("UPDATE buckets SET versioning = ? WHERE id = ?").run(versioning, bucketId);
    });
  }

  /** Throws NoSuchBucket. */
  headBucket(name: string): BucketSummary {
    this.#objects.requireBucket(name);
    const row = this.#index.prepare("SELECT created_at FROM buckets WHERE name = ?").get(name)!;
    return { name, createdAt: new Date(row.created_at as number) };
  }

  /** Throws InvalidBucketName, BucketAlreadyOwnedByYou. */
  createBucket(name: string): void {
    requireBucketName(name);
    const { changes } = this.#index
      .prepare("INSERT INTO buckets (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .run(name, this.#now().getTime());
    if (changes === 0) {
      throw new BucketFault(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        { BucketName: name },
      );
    }
  }

  /** Removes an empty bucket and its unfinished uploads. Throws NoSuchBucket, BucketNotEmpty. */
  async deleteBucket(name: string): Promise<void> {
    const parts = inTransaction(this.#index, () => {
      const bucketId = this.#objects.requireBucket(name);
      if (this.#objects.hasAny(bucketId)) {
        throw new BucketFault(
          "BucketNotEmpty",
          "The bucket you tried to delete is not empty: delete its objects first, all versions and delete markers included.",
          {
            BucketName: name,
          },
        );
      }
      const unfinished = this.uploads.removeAllOf(bucketId);
      this.#index.prepare("DELETE FROM buckets WHERE id = ?").run(bucketId);
      return unfinished;
    });
    await this.#blobs.discard(parts);
  }

  /** The current object, or one version. Throws NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed (a delete marker), InvalidArgument. */
  head(bucket: string, key: string, versionId?: string): StoredObject {
    return this.#objects.require(bucket, key, versionId).object;
  }

  /** Throws as `head` does. */
  open(bucket: string, key: string, versionId?: string): OpenObject {
    const { object, segments } = this.#objects.require(bucket, key, versionId);
    const close = this.#blobs.pin(segments);
    return {
      object,
      segments,
      read: (range = { start: 0, end: object.sizeBytes - 1 }) => this.#blobs.read(segments, range),
      close,
    };
  }

  /**
   * Of the object's bytes, in hex: kept since they were written, or else read once, and kept from then on. Rejects when `signal` aborts, and
   * is read on all the same. Throws as `head` does.
   */
  async sha256(bucket: string, key: string, signal: AbortSignal, versionId?: string): Promise<string> {
    const [first, ...others] = this.#objects.require(bucket, key, versionId).segments;
    const kept = first?.objectSha256 ?? (others.length === 0 ? first?.sha256 : undefined);
    if (kept !== undefined) return kept;
    signal.throwIfAborted();
    return unlessAborted(this.#digestOnce(bucket, key, versionId), signal);
  }

  /** Whoever asks while an object is read waits for that. Blobs never change, so their names say which object it is. */
  #digestOnce(bucket: string, key: string, versionId: string | undefined): Promise<string> {
    const opened = this.open(bucket, key, versionId);
    const name = opened.segments.map(({ blob }) => blob).join();
    const underWay = this.#digesting.get(name);
    if (underWay) {
      opened.close();
      return underWay;
    }
    const digesting = this.#digest(this.#objects.requireBucket(bucket), key, opened).finally(() => {
      opened.close();
      this.#digesting.delete(name);
    });
    this.#digesting.set(name, digesting);
    return digesting;
  }

  async #digest(bucketId: number, key: string, { object, segments, read }: OpenObject): Promise<string> {
    const hash = createHash("sha256");
    if (object.sizeBytes > 0) {
      for await (const chunk of read()) {
        if (!this.#index.isOpen) throw new Error("the bucket store was closed");
        hash.update(chunk);
      }
    }
    const digest = hash.digest("hex");
    if (this.#index.isOpen) this.#objects.keepDigest(bucketId, key, segments, digest);
    return digest;
  }

  /**
   * Streams an object in. When it returns, the object has reached the disk; when it throws, or the process dies, what was there
   * before is still there. Throws NoSuchBucket, KeyTooLongError, BadDigest, IncompleteBody, EntityTooLarge, PreconditionFailed,
   * InsufficientStorage, and whatever `body` throws.
   */
  async put(bucket: string, key: string, body: Body, request: PutRequest): Promise<StoredObject> {
    const bucketId = this.#objects.requireBucket(bucket);
    const keyBytes = requireKey(key);
    this.#objects.requirePrecondition(bucketId, keyBytes, request.precondition);
    const expectation = request.expectation ?? {};
    const blob = await this.#blobs.write(body, expectation, MAX_SINGLE_WRITE_BYTES);
    const checksum: ObjectChecksum | undefined = blob.checksum
      ? { algorithm: expectation.checksum!.algorithm, type: "FULL_OBJECT", value: blob.checksum }
      : undefined;
    const object: StoredObject = {
      key,
      sizeBytes: blob.sizeBytes,
      etag: blob.md5Hex,
      modifiedAt: this.#now(),
      attributes: request.attributes,
      ...(checksum && { checksum }),
    };
    return this.#commit(
      bucketId,
      object,
      { blob: blob.blob, sizeBytes: blob.sizeBytes, sha256: blob.sha256 },
      request.precondition,
    );
  }

  /** Copies within the store; `source` stays open for the caller to close. Throws as `put` does. */
  async copy(source: OpenObject, bucket: string, key: string, request: CopyRequest): Promise<StoredObject> {
    const attributes = request.attributes ?? source.object.attributes;
    const { checksum, partSizes, sizeBytes } = source.object;
    if (sizeBytes > MAX_SINGLE_WRITE_BYTES) {
      throw new BucketFault(
        "InvalidRequest",
        `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_SINGLE_WRITE_BYTES}. Copy it in parts.`,
      );
    }
    const algorithm = request.checksum ?? checksum?.algorithm;
    const isOneWholeBlob = partSizes === undefined && algorithm === checksum?.algorithm;
    const { segments } = source;
    if (!isOneWholeBlob || segments.length !== 1) {
      return this.put(bucket, key, source.read(), {
        attributes,
        expectation: { sizeBytes, ...(algorithm && { checksum: { algorithm, expected: () => undefined } }) },
        ...(request.precondition && { precondition: request.precondition }),
      });
    }
    const bucketId = this.#objects.requireBucket(bucket);
    this.#objects.requirePrecondition(bucketId, requireKey(key), request.precondition);
    const segment = await this.#blobs.duplicate(segments[0]!);
    const { versionId: _, ...copied } = source.object;
    const object = { ...copied, key, attributes, modifiedAt: this.#now() };
    return this.#commit(bucketId, object, segment, request.precondition);
  }

  /** Deleting what is not there is not an error. Throws NoSuchBucket, PreconditionFailed, InvalidArgument. */
  async delete(bucket: string, key: string, request: DeletionRequest = {}): Promise<Deletion> {
    const { versionId, precondition } = request;
    const { garbage, ...deletion } = inTransaction(this.#index, () => {
      const bucketId = this.#objects.requireBucket(bucket);
      const keyBytes = requireKey(key);
      if (versionId !== undefined) return this.#objects.removeVersion(bucketId, keyBytes, versionId, precondition);
      this.#objects.requirePrecondition(bucketId, keyBytes, precondition);
      return this.#objects.remove(bucketId, keyBytes, this.#now());
    });
    await this.#blobs.discard(garbage);
    return deletion;
  }

  /** Undefined takes them away. Returns the version that was changed. Throws as `head` does. */
  setTags(
    bucket: string,
    key: string,
    tags: Record<string, string> | undefined,
    versionId?: string,
  ): string | undefined {
    return inTransaction(this.#index, () =>
      this.#objects.changeAttributes(bucket, key, versionId, ({ tags: _, ...others }) =>
        tags === undefined ? others : { ...others, tags },
      ),
    );
  }

  /** All versions and delete markers, newest first within a key. Throws NoSuchBucket, InvalidArgument. */
  listVersions(bucket: string, query: VersionQuery): VersionPage {
    return listVersions(this.#objects, this.#objects.requireBucket(bucket), query);
  }

  /** Current objects in the byte order of their UTF-8 keys. Throws NoSuchBucket. */
  list(bucket: string, query: ListingQuery): ListingPage<ListedObject> {
    const { id, versioning } = this.#objects.requireBucketRow(bucket);
    const page = listKeys((from, limit) => this.#objects.seek(id, from, limit), query);
    const rows = page.rows.map((row) => ({
      ...this.#objects.summary(row),
      ...(versioning && { versionId: row.version ?? NULL_VERSION }),
    }));
    return { ...page, rows };
  }

  /** Removes uploads that were abandoned; cheap enough to be called often. Returns how many went. */
  async sweepAbandonedUploads(): Promise<number> {
    const now = this.#now().getTime();
    if (now < this.#nextSweepAt) return 0;
    this.#nextSweepAt = now + SWEEP_INTERVAL_MILLISECONDS;
    const { uploads, parts } = this.uploads.removeInitiatedBefore(
      new Date(now - ABANDONED_UPLOAD_DAYS * DAY_MILLISECONDS),
    );
    await this.#blobs.discard(parts);
    return uploads;
  }

  /** Everything as it is now; what it holds stays on the disk until it is closed. */
  copyAll(): BucketCopy {
    return copyBucket(this.#index, this.#blobs);
  }

  close(): void {
    if (this.#index.isOpen) this.#index.close();
  }

  async #commit(
    bucketId: number,
    object: StoredObject,
    segment: Segment,
    precondition: WritePrecondition | undefined,
  ): Promise<StoredObject> {
    let change: Change;
    try {
      change = inTransaction(this.#index, () => this.#objects.replace(bucketId, object, [segment], precondition));
    } catch (error) {
      await this.#blobs.discard([segment]);
      throw error;
    }
    await this.#blobs.discard(change.garbage);
    return change.versionId === undefined ? object : { ...object, versionId: change.versionId };
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/**
 * Opens (or begins) the store in `directory`, alone: another process that has it open is an error. Blobs that no committed write
 * names, and abandoned uploads, are removed.
 */
export async function openBucketStore(options: { directory: string; now: () => Date }): Promise<BucketStore> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const index = openBucketIndex(join(options.directory, "index.sqlite"));
  const blobs = new BlobDirectory(join(options.directory, "blobs"));
  blobs.sweep(referencedBlobs(index));
  const store = new BucketStore(index, blobs, options.now);
  await store.sweepAbandonedUploads();
  return store;
}

function referencedBlobs(index: DatabaseSync): Set<string> {
  const blobs = new Set<string>();
  const sql = `SELECT json_extract(segment.value, '$.blob') AS blob FROM objects, json_each(objects.segments) AS segment
    UNION ALL SELECT json_extract(segment.value, '$.blob') FROM versions, json_each(versions.segments) AS segment
    UNION ALL SELECT blob FROM parts`;
  for (const row of index.prepare(sql).iterate()) blobs.add(row.blob as string);
  return blobs;
}
