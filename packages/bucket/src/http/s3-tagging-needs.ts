/** What tags take besides the call that brings them. */
import type { RequestHeaders } from "../protocol/object-headers.ts";
import type { S3Call } from "../protocol/s3-call.ts";
import { type NamedObject, needOn, type S3Need } from "./s3-needs.ts";

/**
 * As on AWS, who writes an object with tags has to be allowed to tag it, and who copies one with its tags to read them as well.
 *
 * @param hasTags whether the object is there and has tags; asked of a copy's source alone
 */
export function taggingNeeds(
  call: S3Call,
  headers: RequestHeaders,
  hasTags: (object: NamedObject) => boolean,
): readonly S3Need[] {
  switch (call.operation) {
    case "PutObject":
    case "CreateMultipartUpload":
      return headers["x-amz-tagging"] ? [tagging(call)] : [];
    case "CopyObject": {
      if (headers["x-amz-tagging-directive"] === "REPLACE") return headers["x-amz-tagging"] ? [tagging(call)] : [];
      if (!hasTags(call.source)) return [];
      return [needOn(call.source, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"), tagging(call)];
    }
    default:
      return [];
  }
}

function tagging(object: NamedObject): S3Need {
  return needOn({ bucket: object.bucket, key: object.key }, "s3:PutObjectTagging");
}
