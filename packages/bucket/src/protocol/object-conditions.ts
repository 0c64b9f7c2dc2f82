/** Conditional and partial reads, by RFC 9110 as S3 follows it. */
import { S3Error } from "./s3-error.ts";

type Headers = Readonly<Record<string, string | undefined>>;

/** HTTP dates have whole seconds, so must the comparison. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function parseDate(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

function matches(header: string, etag: string): boolean {
  return header
    .split(",")
    .map((each) =>
      each
        .trim()
        .replace(/^W\//, "")
        .replace(/^"(.*)"$/, "$1"),
    )
    .some((each) => each === "*" || each === etag);
}

/** Whether the object is to be sent, or only said to be unchanged. Throws PreconditionFailed. `prefix` serves copy sources. */
export function checkReadConditions(
  headers: Headers,
  object: { etag: string; modifiedAt: Date },
  now: Date,
  prefix: "" | "x-amz-copy-source-" = "",
): "send" | "not-modified" {
  const ifMatch = headers[`${prefix}if-match`];
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  const unmodifiedSince = parseDate(headers[`${prefix}if-unmodified-since`]);
  const modifiedSince = parseDate(headers[`${prefix}if-modified-since`]);
  const modified = seconds(object.modifiedAt);
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? "not-modified" : "send";
  // A time that is still to come is no valid one (RFC 9110, 13.1.3): some clients mean "send it in any case" by it.
  const isPast = modifiedSince !== undefined && modifiedSince <= seconds(now);
  return isPast && modified <= modifiedSince ? "not-modified" : "send";
}

/** Whether a Range header counts: with If-Range only as long as the object is the one that the caller has a part of. */
export function isRangeWanted(headers: Headers, object: { etag: string; modifiedAt: Date }): boolean {
  const validator = headers["if-range"];
  if (validator === undefined) return true;
  if (/^(W\/)?"/.test(validator.trim())) return validator.trim() === `"${object.etag}"`;
  return parseDate(validator) === seconds(object.modifiedAt);
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}

/**
 * The bytes that a Range header asks for, both ends included. Undefined sends everything, as S3 does for headers that it cannot
 * read and for several ranges at once. Throws InvalidRange when it lies outside the object.
 */
export function parseRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!found || (found[1] === "" && found[2] === "")) return undefined;
  const [first, last] = [found[1]!, found[2]!].map((digits) => (digits === "" ? undefined : Number(digits)));
  if (first !== undefined && last !== undefined && last < first) return undefined;
  const start = first ?? Math.max(sizeBytes - last!, 0);
  const end = first === undefined ? sizeBytes - 1 : Math.min(last ?? Number.POSITIVE_INFINITY, sizeBytes - 1);
  if (start > end) {
    throw new S3Error("InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header!.trim(),
      ActualObjectSize: String(sizeBytes),
    });
  }
  return { start, end };
}
