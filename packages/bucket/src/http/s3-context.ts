import type { RequestHeaders } from "../protocol/object-headers.ts";
import type { Owner } from "../protocol/responses.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import type { S3Body } from "./s3-body.ts";

/**
 * What makes continuation tokens of the places where pages end. A token opens only for what it was sealed for; undefined: nothing
 * was sealed as this token, or for something else.
 */
export interface PlaceTokens {
  seal(boundTo: string, place: string): string;
  open(boundTo: string, token: string): string | undefined;
}

/** What the calls need to be answered. */
export interface S3Context {
  pageTokens: PlaceTokens;
  store: BucketStore;
  headers: RequestHeaders;
  body: S3Body;
  owner: Owner;
  region: string;
  now: Date;
  /** Where clients find the object that they made. */
  location(bucket: string, key?: string): string;
  mayDelete(object: { bucket: string; key: string; versionId?: string | undefined }): Promise<boolean>;
}
