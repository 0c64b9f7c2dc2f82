import { checkReadConditions, preconditionFailed } from "../protocol/object-conditions.ts";
import type { RequestHeaders } from "../protocol/object-headers.ts";
import { S3Error } from "../protocol/s3-error.ts";
import type { StoredObject, WritePrecondition } from "../store/stored-object.ts";

/** For copies, "not modified" is a failed condition as well. */
export function requireCopyConditions(headers: RequestHeaders, source: StoredObject, now: Date): void {
  if (checkReadConditions(headers, source, now, "x-amz-copy-source-") === "send") return;
  throw preconditionFailed("x-amz-copy-source-If-None-Match");
}

/** Conditional writes. S3 knows `If-None-Match: *` and `If-Match: <etag>`; all else is not implemented there either. */
export function writePrecondition(headers: RequestHeaders): WritePrecondition | undefined {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  if (noneMatch !== undefined && noneMatch.trim() !== "*") {
    throw new S3Error("NotImplemented", "A header you provided implies functionality that is not implemented", {
      Header: "If-None-Match",
    });
  }
  if (match === undefined && noneMatch === undefined) return undefined;
  return {
    ...(noneMatch !== undefined && { absent: true }),
    ...(match !== undefined && { etag: match.trim().replace(/^"(.*)"$/, "$1") }),
  };
}
