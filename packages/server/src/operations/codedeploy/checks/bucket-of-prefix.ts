import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";

interface ObjectFilter {
  readonly s3Bucket?: string | undefined;
  readonly s3KeyPrefix?: string | undefined;
}

/** A prefix of keys is one in a bucket. */
export function requireBucketOfPrefix({ s3Bucket, s3KeyPrefix }: ObjectFilter): void {
  if (s3KeyPrefix === undefined || s3Bucket !== undefined) return;
  throw new CallerFault(
    "BucketNameFilterRequiredException",
    `s3KeyPrefix "${excerpt(s3KeyPrefix)}" is given without s3Bucket: name the bucket too.`,
  );
}
