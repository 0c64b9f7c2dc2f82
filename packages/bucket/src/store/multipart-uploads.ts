/** Objects that come in parts. A completed one keeps its parts' blobs as its segments, so completing copies no bytes. */
import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  defaultChecksumType,
  isChecksumTypeSupported,
  joinChecksums,
} from "@sluice/wire/checksum/checksum.ts";
import type { BlobDirectory } from "./blob-directory.ts";
import { BucketFault } from "./bucket-fault.ts";
import { inTransaction } from "./bucket-index.ts";
import { requireKey } from "./bucket-name.ts";
import { ATTRIBUTES } from "./columns.ts";
import { Completions, requestDigest } from "./completions.ts";
import type { ListingQuery } from "./key-listing.ts";
import type { ObjectTable } from "./object-table.ts";
import type {
  Body,
  BodyExpectation,
  ObjectAttributes,
  ObjectChecksum,
  Segment,
  StoredObject,
  WritePrecondition,
} from "./stored-object.ts";

export const MAX_PART_NUMBER = 10_000;
export const MIN_PART_BYTES = 5 * 1024 ** 2;
export const MAX_PART_BYTES = 5 * 1024 ** 3;

const ID_TIME_DIGITS = 12;
const ID_RANDOM_BYTES = 18;
/** The shorter ones are those of earlier versions. */
const UPLOAD_ID = /^([0-9a-f]{12}[\w-]{24}|[\w-]{32})$/;

export interface Upload {
  id: string;
  key: string;
  initiatedAt: Date;
  /** Those that the object will have. */
  attributes: ObjectAttributes;
  checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
}

export interface UploadedPart {
  number: number;
  sizeBytes: number;
  etag: string;
  modifiedAt: Date;
  checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

export interface CompletionRequest {
  /** In ascending order; `etag` without quotes. */
  parts: readonly { number: number; etag: string; checksum?: { algorithm: ChecksumAlgorithm; value: string } }[];
  precondition?: WritePrecondition;
  /** What the client computed for the whole object. */
  expected?: {
    sizeBytes?: number;
    checksum?: { algorithm: ChecksumAlgorithm; value: string };
    type?: ChecksumType;
  };
}

export interface UploadQuery extends ListingQuery {
  /** With it, uploads of the key `after` whose id sorts after this one are listed too. */
  afterId?: string;
}

export interface UploadPage {
  uploads: Upload[];
  commonPrefixes: string[];
  /** Where this page ended, if more follow. */
  next?: { key: string; id?: string };
}

interface UploadRow {
  id: string;
  bucket_id: number;
  key: Uint8Array;
  initiated_at: number;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
  attributes: Json<ObjectAttributes>;
}

interface PartRow {
  number: number;
  size_bytes: number;
  etag: string;
  modified_at: number;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum: string | null;
  blob: string;
}

export class MultipartUploads {
  readonly #index: DatabaseSync;
  readonly #blobs: BlobDirectory;
  readonly #objects: ObjectTable;
  readonly #now: () => Date;
  readonly #onCompleted: (bucket: string, key: string, versionId: string | undefined) => void;
  readonly #completions: Completions;
  #lastId = 0;

  constructor(parts: {
    index: DatabaseSync;
    blobs: BlobDirectory;
    objects: ObjectTable;
    now: () => Date;
    onCompleted: (bucket: string, key: string, versionId: string | undefined) => void;
  }) {
    this.#completions = new Completions(parts.index);
    this.#onCompleted = parts.onCompleted;
    this.#index = parts.index;
    this.#blobs = parts.blobs;
    this.#objects = parts.objects;
    this.#now = parts.now;
  }

  /** Throws NoSuchBucket, KeyTooLongError, InvalidRequest. */
  create(
    bucket: string,
    key: string,
    request: { attributes: ObjectAttributes; checksum?: { algorithm: ChecksumAlgorithm; type?: ChecksumType } },
  ): Upload {
    const bucketId = this.#objects.requireBucket(bucket);
    const keyBytes = requireKey(key);
    const algorithm = request.checksum?.algorithm;
    const type = algorithm && (request.checksum?.type ?? defaultChecksumType(algorithm));
    if (algorithm && type && !isChecksumTypeSupported(algorithm, type)) {
      throw new BucketFault(
        "InvalidRequest",
        `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
      );
    }
    const initiatedAt = this.#now();
    const id = this.#newId(initiatedAt);
    this.#index
      .prepare("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(
        id,
        bucketId,
        keyBytes,
        initiatedAt.getTime(),
        algorithm ?? null,
        type ?? null,
        ATTRIBUTES.write(request.attributes),
      );
    const { attributes } = request;
    return { id, key, initiatedAt, attributes, ...(algorithm && type && { checksum: { algorithm, type } }) };
  }

  /** Ids sort by the time at which the uploads began, in which S3 lists those of one key. */
  #newId(initiatedAt: Date): string {
    this.#lastId = Math.max(initiatedAt.getTime(), this.#lastId + 1);
    return this.#lastId.toString(16).padStart(ID_TIME_DIGITS, "0") + randomBytes(ID_RANDOM_BYTES).toString("base64url");
  }

  /** Throws NoSuchBucket, NoSuchUpload. */
  get(bucket: string, key: string, id: string): Upload {
    return toUpload(this.#require(this.#objects.requireBucket(bucket), key, id));
  }

  /** Streams a part in, in the place of one with the same number. Throws NoSuchUpload, InvalidArgument and as a put does. */
  async putPart(
    bucket: string,
    key: string,
    id: string,
    number: number,
    body: Body,
    expectation: BodyExpectation,
  ): Promise<UploadedPart> {
    const bucketId = this.#objects.requireBucket(bucket);
    const upload = this.#require(bucketId, key, id);
    if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
      throw new BucketFault(
        "InvalidArgument",
        `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
        {
          ArgumentName: "partNumber",
          ArgumentValue: String(number),
        },
      );
    }
    const checksum = partChecksum(upload, expectation);
    const blob = await this.#blobs.write(body, { ...expectation, ...(checksum && { checksum }) }, MAX_PART_BYTES);
    const modifiedAt = this.#now();
    let replaced: Segment[];
    try {
      replaced = inTransaction(this.#index, () => {
        this.#require(bucketId, key, id); // it may have been completed or aborted while the bytes came in
        const before = this.#index
          .prepare("SELECT blob, size_bytes FROM parts WHERE upload_id = ? AND number = ?")
          .get(id, number) as { blob: string; size_bytes: number } | undefined;
        this.#index
          .prepare("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
          .run(
            id,
            number,
            blob.sizeBytes,
            blob.md5Hex,
            modifiedAt.getTime(),
            checksum?.algorithm ?? null,
            blob.checksum ?? null,
            blob.blob,
          );
        return before ? [{ blob: before.blob, sizeBytes: before.size_bytes }] : [];
      });
    } catch (error) {
      await this.#blobs.discard([blob]);
      throw error;
    }
    await this.#blobs.discard(replaced);
    return {
      number,
      sizeBytes: blob.sizeBytes,
      etag: blob.md5Hex,
      modifiedAt,
      ...(checksum && blob.checksum && { checksum: { algorithm: checksum.algorithm, value: blob.checksum } }),
    };
  }

  /**
   * Makes the object from the named parts; parts that are not named are dropped. The same request again, as clients send it that did not hear the
   * answer, gets the same answer.
   * Throws NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, BadDigest, InvalidRequest, PreconditionFailed.
   */
  async complete(bucket: string, key: string, id: string, request: CompletionRequest): Promise<StoredObject> {
    const digest = requestDigest(request);
    const { object, garbage, isNew } = inTransaction(this.#index, () => {
      const bucketId = this.#objects.requireBucket(bucket);
      const before = this.#completions.find(id, bucketId, key, digest);
      if (before) return { object: before, garbage: [], isNew: false };
      const upload = this.#require(bucketId, key, id);
      const uploaded = this.#partRows(id);
      const chosen = choosePartRows(uploaded, request, upload);
      const checksum = objectChecksum(upload, chosen);
      requireExpectedWhole(request, chosen, checksum);
      const object: StoredObject = {
        key,
        sizeBytes: chosen.reduce((sum, part) => sum + part.size_bytes, 0),
        etag: joinEtags(chosen),
        modifiedAt: this.#now(),
        attributes: ATTRIBUTES.read(upload.attributes, key),
        ...(checksum && { checksum }),
      };
      const segments = chosen.map((part) => ({
        ...toSegment(part),
        ...(checksum && part.checksum !== null && { checksum: part.checksum }),
      }));
      const { garbage: replaced, versionId } = this.#objects.replace(bucketId, object, segments, request.precondition);
      const completed = versionId === undefined ? object : { ...object, versionId };
      this.#completions.keep(id, bucketId, completed, digest);
      this.#index.prepare("DELETE FROM uploads WHERE id = ?").run(id);
      const kept = new Set(chosen);
      const unused = uploaded.filter((part) => !kept.has(part)).map(toSegment);
      return { object: completed, garbage: [...replaced, ...unused], isNew: true };
    });
    if (isNew) this.#onCompleted(bucket, key, object.versionId);
    await this.#blobs.discard(garbage);
    return object;
  }

  /** Throws NoSuchBucket, NoSuchUpload. */
  async abort(bucket: string, key: string, id: string): Promise<void> {
    const parts = inTransaction(this.#index, () => {
      this.#require(this.#objects.requireBucket(bucket), key, id);
      return this.#remove(id);
    });
    await this.#blobs.discard(parts);
  }

  /** The parts in ascending order. Throws NoSuchBucket, NoSuchUpload. */
  parts(bucket: string, key: string, id: string): UploadedPart[] {
    this.#require(this.#objects.requireBucket(bucket), key, id);
    return this.#partRows(id).map((row) => ({
      number: row.number,
      sizeBytes: row.size_bytes,
      etag: row.etag,
      modifiedAt: new Date(row.modified_at),
      ...(row.checksum_algorithm &&
        row.checksum !== null && { checksum: { algorithm: row.checksum_algorithm, value: row.checksum } }),
    }));
  }

  /** A page of unfinished uploads by key, then id, rolled up like a listing of objects. Throws NoSuchBucket, InvalidArgument. */
  list(bucket: string, query: UploadQuery): UploadPage {
    const bucketId = this.#objects.requireBucket(bucket);
    const rows = this.#index.prepare("SELECT * FROM uploads WHERE bucket_id = ? ORDER BY key, id").iterate(bucketId);
    const page: UploadPage = { uploads: [], commonPrefixes: [] };
    // Without a key it says nothing, as in S3.
    if (query.after !== "" && query.afterId !== undefined && !UPLOAD_ID.test(query.afterId)) {
      throw new BucketFault("InvalidArgument", "Invalid uploadId marker", {
        ArgumentName: "upload-id-marker",
        ArgumentValue: query.afterId,
      });
    }
    if (query.limit <= 0) return page;
    let last: { key: string; id?: string } = { key: "" };
    for (const row of rows as Iterable<unknown>) {
      const upload = toUpload(row as UploadRow);
      if (!upload.key.startsWith(query.prefix) || !isBehind(upload, query)) continue;
      const at = query.delimiter === "" ? -1 : upload.key.indexOf(query.delimiter, query.prefix.length);
      const rolled = at < 0 ? undefined : upload.key.slice(0, at + query.delimiter.length);
      if (rolled !== undefined && (rolled === last.key || rolled === query.after)) continue;
      if (page.uploads.length + page.commonPrefixes.length === query.limit) return { ...page, next: last };
      if (rolled === undefined) page.uploads.push(upload);
      else page.commonPrefixes.push(rolled);
      last = rolled === undefined ? { key: upload.key, id: upload.id } : { key: rolled };
    }
    return page;
  }

  /** For the store's own transactions. Returns the parts' segments, to be discarded after the commit. */
  removeAllOf(bucketId: number): Segment[] {
    this.#completions.removeAllOf(bucketId);
    const rows = this.#index.prepare("SELECT id FROM uploads WHERE bucket_id = ?").all(bucketId);
    return rows.flatMap((row) => this.#remove(row.id as string));
  }

  removeInitiatedBefore(time: Date): { uploads: number; parts: Segment[] } {
    return inTransaction(this.#index, () => {
      this.#completions.removeOlderThan(time);
      const rows = this.#index.prepare("SELECT id FROM uploads WHERE initiated_at < ?").all(time.getTime());
      return { uploads: rows.length, parts: rows.flatMap((row) => this.#remove(row.id as string)) };
    });
  }

  #require(bucketId: number, key: string, id: string): UploadRow {
    const row = this.#index
      .prepare("SELECT * FROM uploads WHERE id = ? AND bucket_id = ? AND key = ?")
      .get(id, bucketId, requireKey(key)) as UploadRow | undefined;
    if (row) return row;
    throw new BucketFault(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { UploadId: id },
    );
  }

  #partRows(id: string): PartRow[] {
    return this.#index
      .prepare("SELECT * FROM parts WHERE upload_id = ? ORDER BY number")
      .all(id) as unknown as PartRow[];
  }

  #remove(id: string): Segment[] {
    const segments = this.#partRows(id).map(toSegment);
    this.#index.prepare("DELETE FROM uploads WHERE id = ?").run(id);
    return segments;
  }
}

function toUpload(row: UploadRow): Upload {
  return {
    id: row.id,
    key: Buffer.from(row.key).toString(),
    initiatedAt: new Date(row.initiated_at),
    attributes: ATTRIBUTES.read(row.attributes, row.key),
    ...(row.checksum_algorithm &&
      row.checksum_type && { checksum: { algorithm: row.checksum_algorithm, type: row.checksum_type } }),
  };
}

function isBehind(upload: Upload, { after, afterId }: UploadQuery): boolean {
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(after));
  return order > 0 || (order === 0 && afterId !== undefined && upload.id > afterId);
}

function toSegment(row: PartRow): Segment {
  return { blob: row.blob, sizeBytes: row.size_bytes };
}

/** Every part of an upload with an algorithm gets that checksum, sent or not: the object's own is made from them. */
function partChecksum(upload: UploadRow, expectation: BodyExpectation): BodyExpectation["checksum"] {
  const sent = expectation.checksum;
  const wanted = upload.checksum_algorithm;
  if (!wanted) return sent;
  if (sent && sent.algorithm !== wanted) {
    throw new BucketFault(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${sent.algorithm.toLowerCase()}`,
    );
  }
  return sent ?? { algorithm: wanted, expected: () => undefined };
}

function choosePartRows(uploaded: readonly PartRow[], request: CompletionRequest, upload: UploadRow): PartRow[] {
  const byNumber = new Map(uploaded.map((row) => [row.number, row]));
  let previous = 0;
  const chosen = request.parts.map((part) => {
    if (part.number <= previous) {
      throw new BucketFault(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
        { UploadId: upload.id },
      );
    }
    previous = part.number;
    const row = byNumber.get(part.number);
    if (!row || row.etag !== part.etag || !isSameChecksum(row, part.checksum)) {
      throw new BucketFault(
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag or checksum may not have matched the part's.",
        { UploadId: upload.id, PartNumber: String(part.number), ETag: part.etag },
      );
    }
    return row;
  });
  const small = chosen.slice(0, -1).find((part) => part.size_bytes < MIN_PART_BYTES);
  if (small) {
    throw new BucketFault("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(small.size_bytes),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(small.number),
      ETag: small.etag,
    });
  }
  return chosen;
}

function isSameChecksum(row: PartRow, sent: { algorithm: ChecksumAlgorithm; value: string } | undefined): boolean {
  return !sent || (row.checksum_algorithm === sent.algorithm && row.checksum === sent.value);
}

function objectChecksum(upload: UploadRow, parts: readonly PartRow[]): ObjectChecksum | undefined {
  if (!upload.checksum_algorithm || !upload.checksum_type) return undefined;
  const value = joinChecksums(
    upload.checksum_algorithm,
    upload.checksum_type,
    parts.map((part) => ({ checksum: part.checksum ?? "", size: part.size_bytes })),
  );
  return { algorithm: upload.checksum_algorithm, type: upload.checksum_type, value };
}

function requireExpectedWhole(
  request: CompletionRequest,
  parts: readonly PartRow[],
  checksum: ObjectChecksum | undefined,
) {
  const { expected } = request;
  const sizeBytes = parts.reduce((sum, part) => sum + part.size_bytes, 0);
  if (expected?.sizeBytes !== undefined && expected.sizeBytes !== sizeBytes) {
    throw new BucketFault(
      "InvalidRequest",
      `The provided 'x-amz-mp-object-size' header value ${expected.sizeBytes} does not match what was computed: ${sizeBytes}`,
    );
  }
  const algorithm = expected?.checksum?.algorithm;
  if ((algorithm || expected?.type) && !checksum) {
    throw new BucketFault(
      "InvalidRequest",
      "The upload was created without a checksum algorithm, so the object's checksum is not known: name the algorithm when the upload is created.",
    );
  }
  if (algorithm && checksum && algorithm !== checksum.algorithm) {
    throw new BucketFault(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${algorithm.toLowerCase()}`,
    );
  }
  if (expected?.type && checksum && expected.type !== checksum.type) {
    throw new BucketFault(
      "InvalidRequest",
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  if (
    expected?.checksum !== undefined &&
    checksum &&
    withoutCount(expected.checksum.value) !== withoutCount(checksum.value)
  ) {
    throw new BucketFault(
      "BadDigest",
      `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
    );
  }
}

/** Clients send a composite checksum with or without its `-<parts>`. */
function withoutCount(checksum: string): string {
  return checksum.replace(/-\d+$/, "");
}

function joinEtags(parts: readonly PartRow[]): string {
  const md5 = createHash("md5");
  for (const part of parts) md5.update(Buffer.from(part.etag, "hex"));
  return `${md5.digest("hex")}-${parts.length}`;
}
