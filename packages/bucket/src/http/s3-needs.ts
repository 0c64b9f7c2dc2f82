/** What a call needs to be allowed. Who is allowed what is for others to say. */
import type { S3Call } from "../protocol/s3-call.ts";

/** `describe`: what is said of an object besides its content. */
export type S3Action = "read" | "describe" | "write" | "list" | "admin";

/**
 * `bucket` and `key` are absent where the call names none. A write without a key: of any key there. `versionId` is the version that the call
 * names; without it the call means the current object.
 */
export type S3Authorize<Principal> = (
  principal: Principal,
  action: S3Action,
  bucket: string | undefined,
  key: string | undefined,
  versionId: string | undefined,
) => boolean | Promise<boolean>;

export interface S3Need {
  action: S3Action;
  bucket?: string;
  key?: string;
  versionId?: string;
}

/**
 * Everything that a call needs to be allowed before its body is read. DeleteObjects asks for each key when its body has named them: until
 * then, whether the caller may write anything in the bucket.
 */
export function needsOf(call: S3Call): S3Need[] {
  switch (call.operation) {
    case "ListBuckets":
      return [{ action: "list" }];
    case "CreateBucket":
    case "DeleteBucket":
    case "PutBucketVersioning":
      return [{ action: "admin", bucket: call.bucket }];
    case "HeadBucket":
    case "GetBucketFact":
    case "GetBucketVersioning":
    case "GetAbsentConfiguration":
    case "ListObjects":
    case "ListObjectsV2":
    case "ListObjectVersions":
    case "ListMultipartUploads":
      return [{ action: "list", bucket: call.bucket }];
    case "DeleteObjects":
      return [{ action: "write", bucket: call.bucket }];
    case "GetObject":
    case "HeadObject":
      return [{ action: "read", ...versionNamed(call) }];
    case "GetObjectAcl":
    case "GetObjectAttributes":
    case "GetObjectTagging":
      return [{ action: "describe", ...versionNamed(call) }];
    case "CopyObject":
    case "UploadPartCopy":
      return [
        { action: "read", ...versionNamed(call.source) },
        { action: "write", bucket: call.bucket, key: call.key },
      ];
    case "DeleteObject":
    case "PutObjectTagging":
    case "DeleteObjectTagging":
      return [{ action: "write", ...versionNamed(call) }];
    case "PutObject":
    case "CreateMultipartUpload":
    case "UploadPart":
    case "CompleteMultipartUpload":
    case "AbortMultipartUpload":
    case "ListParts":
      return [{ action: "write", bucket: call.bucket, key: call.key }];
    default:
      return call satisfies never;
  }
}

function versionNamed({ bucket, key, versionId }: { bucket: string; key: string; versionId?: string }) {
  return { bucket, key, ...(versionId !== undefined && { versionId }) };
}
