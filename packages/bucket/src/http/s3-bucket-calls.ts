/** Calls on buckets: their life, listings and deletions by the list. */

import { requireHarmlessAcl } from "../protocol/object-headers.ts";
import { parseCreateBucket, parseDelete, parseVersioning } from "../protocol/request-bodies.ts";
import {
  bucketFactXml,
  bucketsXml,
  type DeletionOutcome,
  deletionsXml,
  objectsV2Xml,
  objectsXml,
  objectVersionsXml,
  uploadsXml,
  versioningXml,
} from "../protocol/responses.ts";
import type { ListingParameters, S3Call } from "../protocol/s3-call.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import { BucketFault } from "../store/bucket-fault.ts";
import type { ListingQuery } from "../store/key-listing.ts";
import type { S3Answer } from "./s3-answer.ts";
import type { S3Context } from "./s3-context.ts";
import { toS3Error } from "./s3-faults.ts";
import { storageClassOf } from "./s3-object-answers.ts";

const BUCKET_OPERATIONS = [
  "ListBuckets",
  "CreateBucket",
  "HeadBucket",
  "DeleteBucket",
  "GetBucketFact",
  "GetBucketVersioning",
  "PutBucketVersioning",
  "GetAbsentConfiguration",
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
      return listBuckets(call, context);
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
    case "GetBucketVersioning":
      return { status: 200, xml: versioningXml(store.versioning(call.bucket)) };
    case "PutBucketVersioning":
      store.headBucket(call.bucket);
      store.setVersioning(call.bucket, parseVersioning(await context.body.text()));
      return { status: 200 };
    case "GetAbsentConfiguration":
      store.headBucket(call.bucket);
      throw new S3Error(call.code, call.message, { BucketName: call.bucket });
    case "ListObjects": {
      const page = store.list(call.bucket, listingQuery(call.listing, call.marker));
      return { status: 200, xml: objectsXml(call.bucket, page, { ...call, owner }) };
    }
    case "ListObjectsV2": {
      const { prefix, delimiter } = call.listing;
      const boundTo = JSON.stringify(["ListObjectsV2", call.bucket, prefix, delimiter]);
      const after = call.token === undefined ? call.startAfter : placeOf(boundTo, call.token, context);
      const page = store.list(call.bucket, listingQuery(call.listing, after));
      const tokenAfter = (key: string) => context.pageTokens.seal(boundTo, key);
      const { owner: wantsOwner, ...rest } = call;
      return {
        status: 200,
        xml: objectsV2Xml(call.bucket, page, { ...rest, ...(wantsOwner && { owner }), tokenAfter }),
      };
    }
    case "ListObjectVersions": {
      const page = store.listVersions(call.bucket, {
        ...listingQuery(call.listing, call.keyMarker),
        ...(call.versionIdMarker !== undefined && { afterVersionId: call.versionIdMarker }),
      });
      return { status: 200, xml: objectVersionsXml(call.bucket, page, { ...call, owner }) };
    }
    case "ListMultipartUploads": {
      const page = store.uploads.list(call.bucket, {
        ...listingQuery(call.listing, call.keyMarker),
        ...(call.idMarker !== undefined && { afterId: call.idMarker }),
      });
      const uploads = page.uploads.map((upload) => ({ ...upload, storageClass: storageClassOf(upload.attributes) }));
      return { status: 200, xml: uploadsXml(call.bucket, { ...page, uploads }, { ...call, owner }) };
    }
    case "DeleteObjects":
      return deleteObjects(call.bucket, context);
    default:
      return call satisfies never;
  }
}

function listBuckets(call: Extract<BucketCall, { operation: "ListBuckets" }>, context: S3Context): S3Answer {
  const { store, owner, region, pageTokens } = context;
  const boundTo = JSON.stringify(["ListBuckets", call.prefix, call.region ?? null]);
  const after = call.token === undefined ? "" : placeOf(boundTo, call.token, context);
  // Every bucket is in the server's own region.
  const isElsewhere = call.region !== undefined && call.region !== region;
  const page = isElsewhere ? { buckets: [], isTruncated: false } : store.listBuckets({ ...call, after });
  return {
    status: 200,
    xml: bucketsXml(owner, page, {
      prefix: call.prefix,
      tokenAfter: (name: string) => pageTokens.seal(boundTo, name),
      ...(call.isPaged && { region }),
    }),
  };
}

function listingQuery({ prefix, delimiter, limit }: ListingParameters, after: string): ListingQuery {
  return { prefix, delimiter, limit, after };
}

function placeOf(boundTo: string, token: string, { pageTokens }: S3Context): string {
  const place = pageTokens.open(boundTo, token);
  if (place !== undefined) return place;
  throw invalidArgument("continuation-token", token, "The continuation token provided is incorrect");
}

/** There are no ACLs, so who owns the bucket owns what is in it. */
const OBJECT_OWNERSHIP = "BucketOwnerEnforced";

async function createBucket(bucket: string, { store, headers, body, region, location }: S3Context): Promise<S3Answer> {
  requireHarmlessAcl(headers);
  if ((headers["x-amz-bucket-object-lock-enabled"] ?? "false").toLowerCase() !== "false") {
    throw new S3Error(
      "NotImplemented",
      "The embedded bucket has no object lock. Leave x-amz-bucket-object-lock-enabled out.",
      { Header: "x-amz-bucket-object-lock-enabled" },
    );
  }
  if ((headers["x-amz-object-ownership"] ?? OBJECT_OWNERSHIP) !== OBJECT_OWNERSHIP) {
    throw new S3Error(
      "NotImplemented",
      `The embedded bucket has no ACLs: x-amz-object-ownership can only be ${OBJECT_OWNERSHIP}.`,
      { Header: "x-amz-object-ownership" },
    );
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

async function deleteObjects(bucket: string, { store, body, mayDelete }: S3Context): Promise<S3Answer> {
  store.headBucket(bucket);
  const request = parseDelete(await body.text());
  const deleted: DeletionOutcome["deleted"][number][] = [];
  const failed: DeletionOutcome["failed"][number][] = [];
  for (const { key, versionId, etag } of request.objects) {
    try {
      if (!(await mayDelete({ bucket, key, versionId }))) throw new S3Error("AccessDenied", "Access Denied");
      const done = await store.delete(bucket, key, {
        ...(versionId !== undefined && { versionId }),
        ...(etag !== undefined && { precondition: { etag } }),
      });
      deleted.push({
        key,
        ...(versionId !== undefined && { versionId }),
        ...(done.isMarker && done.versionId !== undefined && { markerId: done.versionId }),
      });
    } catch (error) {
      const { code, message } = toS3Error(error);
      failed.push({ key, ...(versionId !== undefined && { versionId }), code, message });
    }
  }
  return { status: 200, xml: deletionsXml({ deleted: request.quiet ? [] : deleted, failed }) };
}
