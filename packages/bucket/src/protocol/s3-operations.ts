import type { S3Call } from "./s3-call.ts";

const OPERATIONS: Readonly<Record<S3Call["operation"], true>> = {
  ListBuckets: true,
  CreateBucket: true,
  HeadBucket: true,
  DeleteBucket: true,
  DeleteObjects: true,
  GetBucketVersioning: true,
  PutBucketVersioning: true,
  GetBucketFact: true,
  GetAbsentConfiguration: true,
  ListObjects: true,
  ListObjectsV2: true,
  ListObjectVersions: true,
  ListMultipartUploads: true,
  GetObject: true,
  HeadObject: true,
  GetObjectAcl: true,
  DeleteObject: true,
  GetObjectTagging: true,
  PutObjectTagging: true,
  DeleteObjectTagging: true,
  GetObjectAttributes: true,
  PutObject: true,
  CreateMultipartUpload: true,
  CopyObject: true,
  UploadPart: true,
  UploadPartCopy: true,
  CompleteMultipartUpload: true,
  AbortMultipartUpload: true,
  ListParts: true,
};

/** What the calls are called that are served. */
export const S3_OPERATIONS: readonly string[] = Object.keys(OPERATIONS);
