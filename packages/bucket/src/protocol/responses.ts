/** Typed results to XML documents, element order as S3's. */
import type { ChecksumAlgorithm, ChecksumType } from "@sluice/wire/checksum/checksum.ts";
import type { XmlFields } from "@sluice/wire/xml/write-xml.ts";
import type { ObjectTags } from "./object-tags.ts";
import { encodeKey } from "./request-target.ts";
import type { BucketFact, ListingParameters, ObjectAttribute } from "./s3-call.ts";
import { writeS3Xml } from "./s3-xml.ts";

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
  /** Absent: STANDARD. */
  storageClass?: string;
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

/** `region`: of each bucket, told where the caller asked for pages. */
export function bucketsXml(
  owner: Owner,
  page: { buckets: readonly { name: string; createdAt: Date }[]; isTruncated: boolean },
  call: { prefix: string; region?: string; tokenAfter: (name: string) => string },
): string {
  const last = page.buckets.at(-1)?.name;
  return writeS3Xml("ListAllMyBucketsResult", {
    Owner: ownerFields(owner),
    Buckets: {
      Bucket: page.buckets.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: isoTime(createdAt),
        BucketRegion: call.region,
      })),
    },
    ContinuationToken: page.isTruncated && last !== undefined ? call.tokenAfter(last) : undefined,
    Prefix: call.prefix === "" ? undefined : call.prefix,
  });
}

/** us-east-1 is told by an empty element, as S3 does. */
export function bucketFactXml(fact: BucketFact, region: string, owner: Owner): string {
  switch (fact) {
    case "location":
      return writeS3Xml("LocationConstraint", region === "us-east-1" ? "" : region);
    case "acl":
      return aclXml(owner);
    case "ownershipControls":
      return writeS3Xml("OwnershipControls", { Rule: { ObjectOwnership: "BucketOwnerEnforced" } });
    case "logging":
      return writeS3Xml("BucketLoggingStatus", {});
    case "notification":
      return writeS3Xml("NotificationConfiguration", {});
    case "accelerate":
      return writeS3Xml("AccelerateConfiguration", {});
    case "requestPayment":
      return writeS3Xml("RequestPaymentConfiguration", { Payer: "BucketOwner" });
    default:
      return fact satisfies never;
  }
}

export function aclXml(owner: Owner): string {
  const grantee = {
    "@": 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"',
    ...ownerFields(owner),
  };
  return writeS3Xml("AccessControlPolicy", {
    Owner: ownerFields(owner),
    AccessControlList: { Grant: { Grantee: grantee, Permission: "FULL_CONTROL" } },
  });
}

export function versioningXml(versioning: string | undefined): string {
  return writeS3Xml("VersioningConfiguration", { Status: versioning });
}

export function taggingXml(tags: ObjectTags = {}): string {
  return writeS3Xml("Tagging", { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } });
}

/** Here S3 writes the ETag without quotes. Parts are told only of objects that were uploaded with a checksum of each. */
export function objectAttributesXml(
  object: {
    etag: string;
    sizeBytes: number;
    storageClass: string;
    checksum?: Checksum;
    partSizes?: readonly number[];
    partChecksums?: readonly string[];
  },
  call: { attributes: ReadonlySet<ObjectAttribute>; after: number; limit: number },
): string {
  const { attributes } = call;
  const { checksum, partSizes } = object;
  return writeS3Xml("GetObjectAttributesResponse", {
    ETag: attributes.has("ETag") ? object.etag : undefined,
    Checksum: attributes.has("Checksum") && checksum ? checksumFields(checksum) : undefined,
    ObjectParts:
      attributes.has("ObjectParts") && partSizes ? objectPartsFields({ ...object, partSizes }, call) : undefined,
    StorageClass: attributes.has("StorageClass") ? object.storageClass : undefined,
    ObjectSize: attributes.has("ObjectSize") ? object.sizeBytes : undefined,
  });
}

function objectPartsFields(
  object: { partSizes: readonly number[]; partChecksums?: readonly string[]; checksum?: Checksum },
  { after, limit }: { after: number; limit: number },
): XmlFields {
  const { partSizes, partChecksums, checksum } = object;
  if (!partChecksums || !checksum) return { PartsCount: partSizes.length };
  const end = Math.min(after + limit, partSizes.length);
  return {
    IsTruncated: limit > 0 && end < partSizes.length,
    MaxParts: limit,
    NextPartNumberMarker: end,
    PartNumberMarker: after,
    Part: partSizes.slice(after, end).map((size, index) => ({
      [`Checksum${checksum.algorithm}`]: partChecksums[after + index],
      PartNumber: after + index + 1,
      Size: size,
    })),
    PartsCount: partSizes.length,
  };
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
    StorageClass: object.storageClass ?? "STANDARD",
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
  return writeS3Xml("ListBucketResult", {
    ...fields,
    Marker: spell(call.marker),
    // S3 tells it only with a delimiter, and clients otherwise go on from the last key: to tell it always harms none.
    NextMarker: page.next === undefined ? undefined : spell(page.next),
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Contents: page.rows.map((row) => ({
      ...objectFields(row, spell),
      Owner: ownerFields(call.owner),
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

export function objectsV2Xml(
  bucket: string,
  page: ListedPage,
  call: {
    listing: ListingParameters;
    token?: string;
    startAfter: string;
    owner?: Owner;
    tokenAfter: (key: string) => string;
  },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeS3Xml("ListBucketResult", {
    ...fields,
    StartAfter: call.startAfter === "" ? undefined : spell(call.startAfter),
    ContinuationToken: call.token,
    NextContinuationToken: page.next === undefined ? undefined : call.tokenAfter(page.next),
    KeyCount: page.rows.length + page.commonPrefixes.length,
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Contents: page.rows.map((row) => ({
      ...objectFields(row, spell),
      Owner: call.owner && ownerFields(call.owner),
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

interface ListedVersion extends ListedObject {
  versionId: string;
  isLatest: boolean;
  isMarker: boolean;
}

export function objectVersionsXml(
  bucket: string,
  page: {
    rows: readonly ListedVersion[];
    commonPrefixes: readonly string[];
    next?: { key: string; versionId?: string };
  },
  call: { listing: ListingParameters; keyMarker: string; versionIdMarker?: string; owner: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  const owner = ownerFields(call.owner);
  return writeS3Xml("ListVersionsResult", {
    ...fields,
    KeyMarker: spell(call.keyMarker),
    VersionIdMarker: call.versionIdMarker ?? "",
    NextKeyMarker: page.next && spell(page.next.key),
    NextVersionIdMarker: page.next?.versionId,
    MaxKeys: call.listing.limit,
    IsTruncated: page.next !== undefined,
    Version: page.rows
      .filter(({ isMarker }) => !isMarker)
      .map((row) => ({
        ...objectFields(row, spell),
        VersionId: row.versionId,
        IsLatest: row.isLatest,
        Owner: owner,
      })),
    DeleteMarker: page.rows
      .filter(({ isMarker }) => isMarker)
      .map((row) => ({
        Key: spell(row.key),
        VersionId: row.versionId,
        IsLatest: row.isLatest,
        LastModified: isoTime(row.modifiedAt),
        Owner: owner,
      })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}

export interface DeletionOutcome {
  /** `markerId`: of the delete marker that was made, or removed. */
  deleted: readonly { key: string; versionId?: string; markerId?: string }[];
  failed: readonly { key: string; versionId?: string; code: string; message: string }[];
}

export function deletionsXml(outcome: DeletionOutcome): string {
  return writeS3Xml("DeleteResult", {
    Deleted: outcome.deleted.map(({ key, versionId, markerId }) => ({
      Key: key,
      VersionId: versionId,
      DeleteMarker: markerId === undefined ? undefined : true,
      DeleteMarkerVersionId: markerId,
    })),
    Error: outcome.failed.map(({ key, versionId, code, message }) => ({
      Key: key,
      VersionId: versionId,
      Code: code,
      Message: message,
    })),
  });
}

function checksumFields(checksum: Checksum | undefined): XmlFields {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {};
}

export function copiedXml(
  root: "CopyObjectResult" | "CopyPartResult",
  copied: { etag: string; modifiedAt: Date; checksum?: Checksum },
): string {
  return writeS3Xml(root, {
    LastModified: isoTime(copied.modifiedAt),
    ETag: quoted(copied.etag),
    ...checksumFields(copied.checksum),
  });
}

export function uploadCreatedXml(bucket: string, key: string, uploadId: string): string {
  return writeS3Xml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: uploadId });
}

export function uploadCompletedXml(
  location: string,
  bucket: string,
  object: { key: string; etag: string; checksum?: Checksum },
): string {
  return writeS3Xml("CompleteMultipartUploadResult", {
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
    storageClass: string;
  },
  parts: readonly (Omit<ListedObject, "key"> & { number: number })[],
  call: { after: number; limit: number; owner: Owner },
): string {
  const shown = parts.filter((part) => part.number > call.after).slice(0, call.limit);
  const last = shown.at(-1)?.number ?? call.after;
  return writeS3Xml("ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: ownerFields(call.owner),
    Owner: ownerFields(call.owner),
    StorageClass: upload.storageClass,
    PartNumberMarker: call.after,
    NextPartNumberMarker: last,
    MaxParts: call.limit,
    IsTruncated: call.limit > 0 && parts.some((part) => part.number > last),
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
      storageClass: string;
      checksum?: { algorithm: ChecksumAlgorithm; type: ChecksumType };
    }[];
    commonPrefixes: readonly string[];
    next?: { key: string; id?: string };
  },
  call: { listing: ListingParameters; keyMarker: string; idMarker?: string; owner: Owner },
): string {
  const { spell, fields, prefixes } = listingFields(bucket, call.listing);
  return writeS3Xml("ListMultipartUploadsResult", {
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
      StorageClass: upload.storageClass,
      Initiated: isoTime(upload.initiatedAt),
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    })),
    CommonPrefixes: prefixes(page.commonPrefixes),
  });
}
