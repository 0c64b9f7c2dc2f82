/** A typed S3 call: what a request asks, before its body is read. */
import type { S3ErrorCode } from "./s3-error.ts";

export const MAX_KEYS = 1000;
/** S3's, for one page of ListBuckets. */
export const MAX_LISTED_BUCKETS = 10_000;

export interface ListingParameters {
  prefix: string;
  delimiter: string;
  limit: number;
  encodeUrl: boolean;
}

interface InBucket {
  bucket: string;
}
interface Listing extends InBucket {
  listing: ListingParameters;
}
interface OnObject extends InBucket {
  key: string;
}
export interface OnVersion extends OnObject {
  /** Absent: the current object. */
  versionId?: string;
}
interface OnUpload extends OnObject {
  uploadId: string;
}

/** One member for each name, so that a switch over `operation` narrows to it. */
type Call<Operation extends string, Fields> = Operation extends string ? Fields & { operation: Operation } : never;

export type S3Call =
  | Call<"ListBuckets", { prefix: string; limit: number; token?: string; region?: string; isPaged: boolean }>
  | Call<"CreateBucket" | "HeadBucket" | "DeleteBucket" | "DeleteObjects", InBucket>
  | Call<"GetBucketVersioning" | "PutBucketVersioning", InBucket>
  | Call<"GetBucketFact", InBucket & { fact: BucketFact }>
  | Call<
      "GetAbsentConfiguration",
      InBucket & { configuration: AbsentConfiguration; code: S3ErrorCode; message: string }
    >
  | Call<"ListObjects", Listing & { marker: string }>
  | Call<"ListObjectsV2", Listing & { token?: string; startAfter: string; owner: boolean }>
  | Call<"ListObjectVersions", Listing & { keyMarker: string; versionIdMarker?: string }>
  | Call<"ListMultipartUploads", Listing & { keyMarker: string; idMarker?: string }>
  | Call<"GetObject" | "HeadObject", OnVersion & { partNumber?: number; overrides: Record<string, string> }>
  | Call<"GetObjectAcl" | "DeleteObject", OnVersion>
  | Call<"GetObjectTagging" | "PutObjectTagging" | "DeleteObjectTagging", OnVersion>
  | Call<"GetObjectAttributes", OnVersion & { attributes: ReadonlySet<ObjectAttribute>; after: number; limit: number }>
  | Call<"PutObject" | "CreateMultipartUpload", OnObject>
  | Call<"CopyObject", OnObject & { source: CopySource }>
  | Call<"UploadPart", OnUpload & { partNumber: number }>
  | Call<"UploadPartCopy", OnUpload & { partNumber: number; source: CopySource }>
  | Call<"CompleteMultipartUpload" | "AbortMultipartUpload", OnUpload>
  | Call<"ListParts", OnUpload & { after: number; limit: number }>;

export interface CopySource {
  bucket: string;
  key: string;
  versionId?: string;
}

export const OBJECT_ATTRIBUTES = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"] as const;
export type ObjectAttribute = (typeof OBJECT_ATTRIBUTES)[number];

/** Facts of a bucket that never vary, told so that consoles and Terraform can read a bucket. */
export type BucketFact =
  | "location"
  | "acl"
  | "ownershipControls"
  | "logging"
  | "notification"
  | "accelerate"
  | "requestPayment";

/** Configurations that no bucket here has, by the subresource that names them. */
export type AbsentConfiguration =
  | "cors"
  | "encryption"
  | "lifecycle"
  | "object-lock"
  | "policy"
  | "policyStatus"
  | "publicAccessBlock"
  | "replication"
  | "tagging"
  | "website";
