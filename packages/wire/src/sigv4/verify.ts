import { timingSafeEqual } from "node:crypto";
import { formatAmzDate } from "./amz-date.ts";
import type { ParsedAuthorization } from "./authorization.ts";
import { canonicalRequest, credentialScope, EMPTY_SHA256, sha256Hex, stringToSign } from "./canonical-request.ts";
import type { HttpRequest } from "./http-request.ts";
import { SignatureFault } from "./signature-fault.ts";
import { hmacSignature, signingKey } from "./signing-key.ts";

/** How far a caller's clock may be from ours, either way. */
export const MAX_CLOCK_SKEW_SECONDS = 300;
/** The longest life of a presigned URL: seven days. */
export const MAX_PRESIGN_SECONDS = 604_800;

const HEX_SHA256 = /^[0-9a-f]{64}$/;
const S3_PAYLOAD_MARKERS: ReadonlySet<string> = new Set([
  "UNSIGNED-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
]);

/**
 * Proves that the holder of `secretAccessKey` signed this request, within its time. Throws a {@link SignatureFault} otherwise.
 * For S3 with `body` absent the payload is proved only as far as its claimed hash: the reader of the stream has to compare.
 */
export function verifySignature(
  parsed: ParsedAuthorization,
  request: HttpRequest,
  secretAccessKey: string,
  now: Date,
): void {
  checkSignatureTime(parsed, now.getTime());
  checkSignedHeaders(parsed, request);
  checkSignatureMatches(parsed, request, secretAccessKey);
}

/** The last part of {@link verifySignature}, for callers that did the others before they read the body. Throws a {@link SignatureFault}. */
export function checkSignatureMatches(
  parsed: ParsedAuthorization,
  request: HttpRequest,
  secretAccessKey: string,
): void {
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    headers: request.headers,
    signedHeaders: parsed.signedHeaders,
    payloadHash: payloadHash(parsed, request),
    service: parsed.service,
  });
  const scope = credentialScope(parsed.date, parsed.region, parsed.service);
  const key = signingKey(secretAccessKey, parsed.date, parsed.region, parsed.service);
  const expected = hmacSignature(key, stringToSign(parsed.amzDate, scope, canonical));
  if (!timingSafeEqual(expected, Buffer.from(parsed.signature, "hex"))) {
    throw new SignatureFault(
      "mismatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
        "signing method. Consult the service documentation for details.",
    );
  }
}

/** Whether the signature is in its time, which needs neither secret nor body. Throws a {@link SignatureFault}: `skewed` or `expired`, mostly. */
export function checkSignatureTime(parsed: ParsedAuthorization, nowMs: number): void {
  if (!parsed.amzDate.startsWith(parsed.date)) {
    throw new SignatureFault(
      "mismatch",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${parsed.date}' != ` +
        `'${parsed.amzDate.slice(0, 8)}', from '${parsed.amzDate}'.`,
    );
  }
  const differenceSeconds = Math.round((parsed.signedAtMs - nowMs) / 1000);
  if (differenceSeconds > MAX_CLOCK_SKEW_SECONDS) {
    throw new SignatureFault("skewed", `Signature not yet current: ${skewText(parsed, nowMs, differenceSeconds)}`);
  }
  if (parsed.form === "header") {
    if (-differenceSeconds > MAX_CLOCK_SKEW_SECONDS) {
      throw new SignatureFault("skewed", `Signature expired: ${skewText(parsed, nowMs, differenceSeconds)}`);
    }
    return;
  }
  const expiresSeconds = parsed.expiresSeconds ?? 0;
  if (expiresSeconds < 1 || expiresSeconds > MAX_PRESIGN_SECONDS) {
    throw new SignatureFault(
      "incomplete",
      `X-Amz-Expires is ${expiresSeconds}; it must be from 1 to ${MAX_PRESIGN_SECONDS} seconds (seven days).`,
    );
  }
  const expiresAtMs = parsed.signedAtMs + expiresSeconds * 1000;
  if (nowMs > expiresAtMs) {
    throw new SignatureFault(
      "expired",
      `Request has expired: it was signed at ${parsed.amzDate} for ${expiresSeconds} s, until ` +
        `${formatAmzDate(new Date(expiresAtMs))}; the server's clock says ${formatAmzDate(new Date(nowMs))}. Presign a new URL.`,
    );
  }
}

function skewText(parsed: ParsedAuthorization, nowMs: number, differenceSeconds: number): string {
  const direction = differenceSeconds > 0 ? "ahead of" : "behind";
  return (
    `the request was signed at ${parsed.amzDate} and the server's clock says ${formatAmzDate(new Date(nowMs))}: it is ` +
    `${Math.abs(differenceSeconds)} s ${direction} the server, and at most ${MAX_CLOCK_SKEW_SECONDS} s are allowed. ` +
    "Set the caller's clock."
  );
}

/** Whether all that has to be signed is said to be, which needs neither secret nor body. Throws a {@link SignatureFault}. */
export function checkSignedHeaders(parsed: ParsedAuthorization, request: Pick<HttpRequest, "headers">): void {
  const signed = new Set(parsed.signedHeaders);
  const unsigned: string[] = [];
  if (!signed.has("host")) unsigned.push("host");
  for (const name in request.headers) {
    if (name.startsWith("x-amz-") && !signed.has(name)) unsigned.push(name);
  }
  // The date that dates the signature must be under it, too.
  if (parsed.form === "header" && request.headers["x-amz-date"] === undefined && !signed.has("date")) {
    unsigned.push("date");
  }
  if (unsigned.length > 0) {
    throw new SignatureFault(
      "incomplete",
      `The header(s) ${unsigned.map((name) => `'${name}'`).join(", ")} must be in SignedHeaders, which has '${parsed.signedHeaders.join(";")}'.`,
    );
  }
}

function payloadHash(parsed: ParsedAuthorization, request: HttpRequest): string {
  const { body } = request;
  // Only S3 may claim a hash. Everywhere else the body that arrived is hashed, so no marker can leave it unsigned.
  if (parsed.service !== "s3") return body === undefined || body.length === 0 ? EMPTY_SHA256 : sha256Hex(body);
  const claimed = parsed.payloadHash;
  if (claimed === undefined) {
    throw new SignatureFault("incomplete", "Missing required header for this request: x-amz-content-sha256.");
  }
  if (S3_PAYLOAD_MARKERS.has(claimed)) return claimed;
  if (!HEX_SHA256.test(claimed)) {
    throw new SignatureFault(
      "incomplete",
      `x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING- values or 64 lower-case hex digits, got '${claimed}'.`,
    );
  }
  if (body !== undefined && sha256Hex(body) !== claimed) {
    throw new SignatureFault(
      "payload",
      "The provided 'x-amz-content-sha256' header does not match what was computed from the body that arrived.",
    );
  }
  return claimed;
}
