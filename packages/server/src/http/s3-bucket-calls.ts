/** Calls on buckets: their life, listings and deletions by the list. */
import { BucketFault } from "@sluice/drivers/bucket/bucket-fault.ts";
import type { ListingQuery } from "@sluice/drivers/bucket/key-listing.ts";
import { requireHarmlessAcl } from "@sluice/wire/s3/object-headers.ts";
import { parseCreateBucket, parseDelete } from "@sluice/wire/s3/request-bodies.ts";
import {
  bucketFactXml,
  bucketsXml,
  type DeletionOutcome,
  deletionsXml,
  objectsV2Xml,
  objectsXml,
  objectVersionsXml,
  readContinuationToken,
  uploadsXml,
} from "@sluice/wire/s3/responses.ts";
import { invalidArgument, type ListingParameters, noSuchVersion, type S3Call } from "@sluice/wire/s3/s3-call.ts";
import { S3Error } from "@sluice/wire/s3/s3-error.ts";
import type { S3Answer } from "./s3-answer.ts";
import type { S3Context } from "./s3-context.ts";
import { toS3Error } from "./s3-faults.ts";

const BUCKET_OPERATIONS = [
  "ListBuckets",
  "CreateBucket",
  "HeadBucket",
  "DeleteBucket",
  "GetBucketFact",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
  "ListMultipartUploads",
  "DeleteObjects",
] as const;

export type BucketCall = Extract<S3Call, { operation: (typeof BUCKET_OPERATIONS)[number] }>;

export function isBucketCall(call: S3Call): call is BucketCall {
  return (BUCKET_OPERATIONS as readonly string[]).includes(call.operation);
}

export async function answerBucketCall(call: BucketCall, context: S3Context): Promise<S3Answer> {
  const { store, owner, region } = context;
  switch (call.operation) {
    case "ListBuckets":
      return { status: 200, xml: bucketsXml(owner, store.listBuckets()) };
    case "CreateBucket":
      return createBucket(call.bucket, context);
    case "HeadBucket":
      store.headBucket(call.bucket);
      return { status: 200, headers: { "x-amz-bucket-region": region } };
    case "DeleteBucket":
      await store.deleteBucket(call.bucket);
      return { status: 204 };
    case "GetBucketFact":
      store.headBucket(call.bucket);
      return { status: 200, xml: bucketFactXml(call.fact, region, owner) };
    case "ListObjects": {
      const page = store.list(call.bucket, listingQuery(call.listing, call.marker));
      return { status: 200, xml: objectsXml(call.bucket, page, { ...call, owner }) };
    }
    case "ListObjectsV2": {
      const page = store.list(call.bucket, listingQuery(call.listing, startOf(call)));
      const { owner: wantsOwner, ...rest } = call;
      return { status: 200, xml: objectsV2Xml(call.bucket, page, { ...rest, ...(wantsOwner && { owner }) }) };
    }
    case "ListObjectVersions": {
      const page = store.list(call.bucket, listingQuery(call.listing, call.keyMarker));
      return { status: 200, xml: objectVersionsXml(call.bucket, page, { ...call, owner }) };
    }
    case "ListMultipartUploads": {
      const page = store.uploads.list(call.bucket, {
        ...listingQuery(call.listing, call.keyMarker),
        ...(call.idMarker !== undefined && { afterId: call.idMarker }),
      });
      return { status: 200, xml: uploadsXml(call.bucket, page, { ...call, owner }) };
    }
    case "DeleteObjects":
      return deleteObjects(call.bucket, context);
    default:
      return call satisfies never;
  }
}

function listingQuery({ prefix, delimiter, limit }: ListingParameters, after: string): ListingQuery {
  return { prefix, delimiter, limit, after };
}

function startOf(call: { token?: string; startAfter: string }): string {
  if (call.token === undefined) return call.startAfter;
  const start = readContinuationToken(call.token);
  if (start !== undefined) return start;
  throw invalidArgument("continuation-token", call.token, "The continuation token provided is incorrect");
}

async function createBucket(bucket: string, { store, headers, body, region, location }: S3Context): Promise<S3Answer> {
  requireHarmlessAcl(headers);
  if (headers["x-amz-bucket-object-lock-enabled"] === "true") {
    throw new S3Error("NotImplemented", "The embedded bucket has no object lock. Leave the header out.");
  }
  const wanted = parseCreateBucket(await body.text()) || undefined;
  if (wanted !== undefined && wanted !== region) {
    throw new S3Error(
      "IllegalLocationConstraintException",
      `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to: use ${region}.`,
    );
  }
  try {
    store.createBucket(bucket);
  } catch (error) {
    // In us-east-1, and only there, S3 lets the owner make a bucket again and changes nothing.
    const isAgain = error instanceof BucketFault && error.code === "BucketAlreadyOwnedByYou";
    if (!isAgain || region !== "us-east-1") throw error;
  }
  return { status: 200, headers: { location: location(bucket) } };
}

async function deleteObjects(bucket: string, { store, body, mayWrite }: S3Context): Promise<S3Answer> {
  store.headBucket(bucket);
  const request = parseDelete(await body.text());
  const deleted: DeletionOutcome["deleted"][number][] = [];
  const failed: DeletionOutcome["failed"][number][] = [];
  for (const { key, versionId, etag } of request.objects) {
    try {
      if (!(await mayWrite(bucket, key))) throw new S3Error("AccessDenied", "Access Denied");
      if (versionId !== undefined && versionId !== "null") throw noSuchVersion(versionId);
      await store.delete(bucket, key, etag === undefined ? undefined : { etag });
      deleted.push({ key, ...(versionId && { versionId }) });
    } catch (error) {
      const { code, message } = toS3Error(error);
      failed.push({ key, code, message });
    }
  }
  return { status: 200, xml: deletionsXml({ deleted: request.quiet ? [] : deleted, failed }) };
}
