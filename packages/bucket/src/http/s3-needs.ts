/** What a call needs to be allowed. Who is allowed what is for others to say. */
import type { S3Action } from "../protocol/s3-action.ts";
import type { AbsentConfiguration, BucketFact, S3Call } from "../protocol/s3-call.ts";

/** An action, and on what. */
export interface S3Need {
  readonly action: S3Action;
  /** The ARN of a bucket, of an object, or (`/*`) of all objects in a bucket; absent: all buckets. */
  readonly resource?: string;
  /** The one object that it is about. Without a version it is the current one. */
  readonly object?: NamedObject;
}

export interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Whether the caller may; a text: not, and why, as the whole message. */
export type S3Authorize<Principal> = (principal: Principal, need: S3Need) => S3Permission | Promise<S3Permission>;
export type S3Permission = boolean | string;

const FACT_ACTIONS: Readonly<Record<BucketFact, S3Action>> = {
  location: "s3:GetBucketLocation",
  acl: "s3:GetBucketAcl",
  ownershipControls: "s3:GetBucketOwnershipControls",
  logging: "s3:GetBucketLogging",
  notification: "s3:GetBucketNotification",
  accelerate: "s3:GetAccelerateConfiguration",
  requestPayment: "s3:GetBucketRequestPayment",
};

const CONFIGURATION_ACTIONS: Readonly<Record<AbsentConfiguration, S3Action>> = {
  cors: "s3:GetBucketCORS",
  encryption: "s3:GetEncryptionConfiguration",
  lifecycle: "s3:GetLifecycleConfiguration",
  "object-lock": "s3:GetBucketObjectLockConfiguration",
  policy: "s3:GetBucketPolicy",
  policyStatus: "s3:GetBucketPolicyStatus",
  publicAccessBlock: "s3:GetBucketPublicAccessBlock",
  replication: "s3:GetReplicationConfiguration",
  tagging: "s3:GetBucketTagging",
  website: "s3:GetBucketWebsite",
};

/**
 * Everything that a call needs before its body is read. DeleteObjects asks for each key when its body has named them: until then, whether
 * the caller may delete anything in the bucket.
 */
export function needsOf(call: S3Call): readonly S3Need[] {
  switch (call.operation) {
    case "ListBuckets":
      return [{ action: "s3:ListAllMyBuckets" }];
    case "CreateBucket":
    case "DeleteBucket":
    case "PutBucketVersioning":
    case "GetBucketVersioning":
      return [{ action: `s3:${call.operation}`, resource: bucketArn(call.bucket) }];
    case "GetBucketFact":
      return [{ action: FACT_ACTIONS[call.fact], resource: bucketArn(call.bucket) }];
    case "GetAbsentConfiguration":
      return [{ action: CONFIGURATION_ACTIONS[call.configuration], resource: bucketArn(call.bucket) }];
    case "HeadBucket":
    case "ListObjects":
    case "ListObjectsV2":
      return [{ action: "s3:ListBucket", resource: bucketArn(call.bucket) }];
    case "ListObjectVersions":
      return [{ action: "s3:ListBucketVersions", resource: bucketArn(call.bucket) }];
    case "ListMultipartUploads":
      return [{ action: "s3:ListBucketMultipartUploads", resource: bucketArn(call.bucket) }];
    case "DeleteObjects":
      return [{ action: "s3:DeleteObject", resource: `${bucketArn(call.bucket)}/*` }];
    case "GetObject":
    case "HeadObject":
      return [readNeed(call)];
    case "GetObjectAcl":
      return [needOn(call, "s3:GetObjectAcl", "s3:GetObjectVersionAcl")];
    case "GetObjectAttributes":
      return [needOn(call, "s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")];
    case "GetObjectTagging":
      return [needOn(call, "s3:GetObjectTagging", "s3:GetObjectVersionTagging")];
    case "PutObjectTagging":
      return [needOn(call, "s3:PutObjectTagging", "s3:PutObjectVersionTagging")];
    case "DeleteObjectTagging":
      return [needOn(call, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging")];
    case "DeleteObject":
      return [deletionNeed(call)];
    case "CopyObject":
    case "UploadPartCopy":
      return [readNeed(call.source), needOn(call, "s3:PutObject")];
    case "PutObject":
    case "CreateMultipartUpload":
    case "UploadPart":
    case "CompleteMultipartUpload":
      return [needOn(call, "s3:PutObject")];
    case "AbortMultipartUpload":
      return [needOn(call, "s3:AbortMultipartUpload")];
    case "ListParts":
      return [needOn(call, "s3:ListMultipartUploadParts")];
    default:
      return call satisfies never;
  }
}

export function deletionNeed(object: NamedObject): S3Need {
  return needOn(object, "s3:DeleteObject", "s3:DeleteObjectVersion");
}

function readNeed(object: NamedObject): S3Need {
  return needOn(object, "s3:GetObject", "s3:GetObjectVersion");
}

/** @param onVersion what the action is called on one version; the same when absent */
export function needOn({ bucket, key, versionId }: NamedObject, action: S3Action, onVersion = action): S3Need {
  return {
    action: versionId === undefined ? action : onVersion,
    resource: `${bucketArn(bucket)}/${key}`,
    object: { bucket, key, versionId },
  };
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}
