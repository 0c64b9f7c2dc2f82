/** Typed results to XML documents, element order as S3's. */
import type { ChecksumAlgorithm, ChecksumType } from "./checksum.ts";
import { encodeKey } from "./request-target.ts";
import type { BucketFact, ListingParameters } from "./s3-call.ts";
import { writeXml, type XmlFields } from "./xml.ts";

export interface Owner {
  id: string;
  displayName: string;
}

interface Checksum {
  algorithm: ChecksumAlgorithm;
  type?: ChecksumType;
  value: string;
}

export interface ListedObject {
  key: string;
  sizeBytes: number;
  etag: string;
  modifiedAt: Date;
  checksum?: Checksum;
}

/** S3 tells times in whole seconds, with a fraction of zero. */
function isoTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}.000Z`;
}

function quoted(etag: string): string {
  return `"${etag}"`;
}

function ownerFields(owner: Owner): XmlFields {
  return { ID: owner.id, DisplayName: owner.displayName };
}

export function bucketsXml(owner: Owner, buckets: readonly { name: string; createdAt: Date }[]): string {
  return writeXml("ListAllMyBucketsResult", {
    Owner: ownerFields(owner),
    Buckets: { Bucket: buckets.map(({ name, createdAt }) => ({ Name: name, CreationDate: isoTime(createdAt) })) },
  });
}

/** us-east-1 is told by an empty element, as S3 does. */
export function bucketFactXml(fact: BucketFact, region: string, owner: Owner): string {
  switch (fact) {
    case "location":
      return writeXml("LocationConstraint", region === "us-east-1" ? "" : region);
    case "versioning":
      return writeXml("VersioningConfiguration", {});
    case "acl":
      return aclXml(owner);
    case "ownershipControls":
      return writeXml("OwnershipControls", { Rule: { ObjectOwnership: "BucketOwnerEnforced" } });
    case "logging":
      return writeXml("BucketLoggingStatus", {});
    case "notification":
      return writeXml("NotificationConfiguration", {});
    case "accelerate":
      return writeXml("AccelerateConfiguration", {});
    case "requestPayment":
      return writeXml("RequestPaymentConfiguration", { Payer: "BucketOwner" });
    default:
      return fact satisfies never;
  }
}

export function aclXml(owner: Owner): string {
  const grantee = {
    "@": 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"',
    ...ownerFields(owner),
  };
  return writeXml("AccessControlPolicy", {
    Owner: ownerFields(owner),
    AccessControlList: { Grant: { Grantee: grantee, Permission: "FULL_CONTROL" } },
  });
}

export function emptyTaggingXml(): string {
  return writeXml("Tagging", { TagSet: {} });
}

/** What all listings share; `spell` is how keys are written, under `encoding-type=url` percent-encoded. */
function listingFields(bucket: string, listing: ListingParameters) {
  const spell = listing.encodeUrl ? encodeKey : (key: string) => key;
  const fields = {
    Name: bucket,
    Prefix: spell(listing.prefix),
    Delimiter: listing.delimiter === "" ? undefined : spell(listing.delimiter),
    EncodingType: listing.encodeUrl ? "url" : undefined,
  };
  const prefixes = (all: readonly string[]) => all.map((prefix) => ({ Prefix: spell(prefix) }));
  return { spell, fields, prefixes };
}

function objectFields(object: ListedObject, spell: (key: string) => string): XmlFields {
  return {
    Key: spell(object.key),
    LastModified: isoTime(object.modifiedAt),
    ETag: quoted(object.etag),
    ChecksumAlgorithm: object.checksum?.algorithm,
    ChecksumType: object.checksum?.type,
    Size: object.sizeBytes,
  };
}

interface ListedPage {
  rows: readonly ListedObject[];
  commonPrefixes: readonly string[];
  next?: string;
}

export function objectsXml(
  bucket: string,
  page: ListedPage,
  call: { listing: ListingParameters; marker: string; owner: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeXml("ListBucketResult", {
    ...fields,
    Marker: spell(call.marker),
    // S3 tells it only with a delimiter, and clients otherwise go on from the last key: to tell it always harms none.
    NextMarker: page.next === undefined ? undefined : spell(page.next),
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Contents: page.rows.map((row) => ({
      ...objectFields(row, spell),
      Owner: ownerFields(call.owner),
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

export function objectsV2Xml(
  bucket: string,
  page: ListedPage,
  call: { listing: ListingParameters; token?: string; startAfter: string; owner?: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeXml("ListBucketResult", {
    ...fields,
    StartAfter: call.startAfter === "" ? undefined : spell(call.startAfter),
    ContinuationToken: call.token,
    NextContinuationToken: page.next === undefined ? undefined : writeContinuationToken(page.next),
    KeyCount: page.rows.length + page.commonPrefixes.length,
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Contents: page.rows.map((row) => ({
      ...objectFields(row, spell),
      Owner: call.owner && ownerFields(call.owner),
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

export function objectVersionsXml(
  bucket: string,
  page: ListedPage,
  call: { listing: ListingParameters; keyMarker: string; owner: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeXml("ListVersionsResult", {
    ...fields,
    KeyMarker: spell(call.keyMarker),
    VersionIdMarker: "",
    NextKeyMarker: page.next === undefined ? undefined : spell(page.next),
    NextVersionIdMarker: page.next === undefined ? undefined : "null",
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Version: page.rows.map((row) => ({
      ...objectFields(row, spell),
      VersionId: "null",
      IsLatest: true,
      Owner: ownerFields(call.owner),
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

const TOKEN_PREFIX = "1";

/** Opaque to clients: the place where a page ended. */
export function writeContinuationToken(next: string): string {
  return TOKEN_PREFIX + Buffer.from(next).toString("base64url");
}

/** Undefined for what no listing gave out. */
export function readContinuationToken(token: string): string | undefined {
  if (!/^1[\w-]+$/.test(token)) return undefined;
  return Buffer.from(token.slice(TOKEN_PREFIX.length), "base64url").toString();
}

export interface DeletionOutcome {
  deleted: readonly { key: string; versionId?: string }[];
  failed: readonly { key: string; code: string; message: string }[];
}

export function deletionsXml(outcome: DeletionOutcome): string {
  return writeXml("DeleteResult", {
    Deleted: outcome.deleted.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })),
    Error: outcome.failed.map(({ key, code, message }) => ({ Key: key, Code: code, Message: message })),
  });
}

function checksumFields(checksum: Checksum | undefined): XmlFields {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {};
}

export function copiedXml(
  root: "CopyObjectResult" | "CopyPartResult",
  copied: { etag: string; modifiedAt: Date; checksum?: Checksum },
): string {
  return writeXml(root, {
    LastModified: isoTime(copied.modifiedAt),
    ETag: quoted(copied.etag),
    ...checksumFields(copied.checksum),
  });
}

export function uploadCreatedXml(bucket: string, key: string, uploadId: string): string {
  return writeXml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: uploadId });
}

export function uploadCompletedXml(
  location: string,
  bucket: string,
  object: { key: string; etag: string; checksum?: Checksum },
): string {
  return writeXml("CompleteMultipartUploadResult", {
    Location: location,
    Bucket: bucket,
    Key: object.key,
    ETag: quoted(object.etag),
    ...checksumFields(object.checksum),
  });
}

export function partsXml(
  upload: {
    bucket: string;
    key: string;
    id: string;
    checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
  },
  parts: readonly (Omit<ListedObject, "key"> & { number: number })[],
  call: { after: number; limit: number; owner: Owner },
): string {
  const shown = parts.filter((part) => part.number > call.after).slice(0, call.limit);
  const last = shown.at(-1)?.number ?? call.after;
  return writeXml("ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: ownerFields(call.owner),
    Owner: ownerFields(call.owner),
    StorageClass: "STANDARD",
    PartNumberMarker: call.after,
    NextPartNumberMarker: last,
    MaxParts: call.limit,
    IsTruncated: parts.some((part) => part.number > last),
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: isoTime(part.modifiedAt),
      ETag: quoted(part.etag),
      Size: part.sizeBytes,
      ...checksumFields(part.checksum),
    })),
  });
}

export function uploadsXml(
  bucket: string,
  page: {
    uploads: readonly {
      key: string;
      id: string;
      initiatedAt: Date;
      checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
    }[];
    commonPrefixes: readonly string[];
    next?: { key: string; id?: string };
  },
  call: { listing: ListingParameters; keyMarker: string; idMarker?: string; owner: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeXml("ListMultipartUploadsResult", {
    Bucket: bucket,
    KeyMarker: spell(call.keyMarker),
    UploadIdMarker: call.idMarker ?? "",
    NextKeyMarker: page.next && spell(page.next.key),
    NextUploadIdMarker: page.next?.id,
    Prefix: fields.Prefix,
    Delimiter: fields.Delimiter,
    EncodingType: fields.EncodingType,
    MaxUploads: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Upload: page.uploads.map((upload) => ({
      Key: spell(upload.key),
      UploadId: upload.id,
      Initiator: ownerFields(call.owner),
      Owner: ownerFields(call.owner),
      StorageClass: "STANDARD",
      Initiated: isoTime(upload.initiatedAt),
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}
