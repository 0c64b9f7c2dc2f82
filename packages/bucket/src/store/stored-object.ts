import type { ChecksumAlgorithm, ChecksumType } from "@sluice/wire/checksum/checksum.ts";

export interface ObjectChecksum {
  algorithm: ChecksumAlgorithm;
  type: ChecksumType;
  /** Base64; a composite one ends in `-<number of parts>`. */
  value: string;
}

/** What a writer says about an object beside its bytes. */
export interface ObjectAttributes {
  /** Content-Type and its like, under lower-case names; kept and given back as they are. */
  headers: Record<string, string>;
  /** User metadata, names without `x-amz-meta-`. */
  metadata: Record<string, string>;
  /** Object tags; absent where there are none. */
  tags?: Record<string, string>;
}

/** An immutable stretch of bytes on disk; an object is one or more of them in order. */
export interface Segment {
  blob: string;
  sizeBytes: number;
  /** Hex; absent of what was stored before it was kept, and of parts. */
  sha256?: string;
  /** Hex, of the whole object, on its first segment: once it was read for that. */
  objectSha256?: string;
  /** Base64, of this part, by the object's own algorithm; absent of what was not uploaded in parts with one. */
  checksum?: string;
}

export interface ObjectSummary {
  key: string;
  sizeBytes: number;
  /** Without quotes: hex MD5, or `<hex>-<parts>` for what was uploaded in parts. */
  etag: string;
  modifiedAt: Date;
  checksum?: ObjectChecksum;
  /** Absent: STANDARD. */
  storageClass?: string;
}

/** One row of a listing of objects. */
export interface ListedObject extends ObjectSummary {
  /** Only in a bucket that has or had versioning; `null` is an id as well. */
  versionId?: string;
}

export interface StoredObject extends ObjectSummary {
  attributes: ObjectAttributes;
  /** The parts' sizes in bytes, only where it was uploaded in parts. */
  partSizes?: number[];
  /** Only in a bucket that has or had versioning; `null` is an id as well. */
  versionId?: string;
}

/** One row of a listing of versions, newest first within a key. */
export interface ListedVersion extends ObjectSummary {
  versionId: string;
  isLatest: boolean;
  /** A delete marker has neither bytes nor ETag. */
  isMarker: boolean;
}

/** A bucket that never had versioning has none of the two. */
export type Versioning = "Enabled" | "Suspended";

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What must hold of the object that a write replaces; checked in the transaction that commits the write. */
export interface WritePrecondition {
  /** No object may be there. */
  absent?: boolean;
  /** The object there must have this ETag. */
  etag?: string;
}

/** What the writer says of the bytes to come. A write that does not meet it is refused and leaves nothing behind. */
export interface BodyExpectation {
  sizeBytes?: number;
  md5Hex?: string;
  /** `expected` is asked when the body has ended, since it may come in a trailer; undefined computes without comparing. */
  checksum?: { algorithm: ChecksumAlgorithm; expected: () => string | undefined };
}

export type Body = AsyncIterable<Uint8Array>;
