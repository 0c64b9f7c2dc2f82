import { CallerFault } from "@sluice/model/caller-fault.ts";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { PayloadFault, type PayloadFaultReason } from "@sluice/wire/sigv4/payload-fault.ts";
import { SignatureFault, type SignatureFaultReason } from "@sluice/wire/sigv4/signature-fault.ts";
import { S3Error, type S3ErrorCode } from "../protocol/s3-error.ts";
import { BucketFault } from "../store/bucket-fault.ts";

const SIGNATURE_CODES: Readonly<Record<SignatureFaultReason, S3ErrorCode>> = {
  missing: "AccessDenied",
  incomplete: "AuthorizationHeaderMalformed",
  skewed: "RequestTimeTooSkewed",
  expired: "AccessDenied",
  payload: "XAmzContentSHA256Mismatch",
  mismatch: "SignatureDoesNotMatch",
};

const PAYLOAD_CODES: Readonly<Record<PayloadFaultReason, S3ErrorCode>> = {
  malformed: "InvalidRequest",
  length: "IncompleteBody",
  checksum: "BadDigest",
};

/** The faults of authentication that S3 has other names for. */
const CALLER_CODES: Readonly<Record<string, S3ErrorCode>> = {
  ExpiredTokenException: "ExpiredToken",
  UnrecognizedClientException: "InvalidAccessKeyId",
  MisdirectedRequestException: "MisdirectedRequest",
  ThrottlingException: "SlowDown",
  InvalidSignatureException: "AuthorizationHeaderMalformed",
};

/** What the caller is told. Whatever is not the caller's fault is InternalError, and its cause stays in the log. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof BucketFault) {
    return new S3Error(error.code, error.message, error.details, { cause: error, headers: markerHeaders(error) });
  }
  if (error instanceof SignatureFault) {
    if (error.reason === "missing") return notSigned(error);
    return new S3Error(SIGNATURE_CODES[error.reason], error.message, {}, { cause: error });
  }
  if (error instanceof CallerFault) {
    return new S3Error(CALLER_CODES[error.code] ?? "AccessDenied", error.message, {}, { cause: error });
  }
  if (error instanceof PayloadFault) {
    return new S3Error(PAYLOAD_CODES[error.reason], error.message, {}, { cause: error });
  }
  const disk = fullDisk(error);
  if (disk) {
    const whose = disk === "local" ? "The server's disk" : "The disk of the server's PostgreSQL";
    return new S3Error("InsufficientStorage", diskIsFull(whose), {}, { cause: error });
  }
  return new S3Error("InternalError", "We encountered an internal error. Please try again.", {}, { cause: error });
}

/** S3's own words first: tools look for them. */
function notSigned(cause: SignatureFault): S3Error {
  const advice =
    "Every call is signed with Signature V4. The environment that sluice env prints lets the AWS CLI and SDKs do so; a presigned URL opens one object.";
  return new S3Error("AccessDenied", `Access Denied. ${advice}`, {}, { cause });
}

/** That it is a delete marker which stands there; where it was asked for by its id it can only be deleted. */
function markerHeaders({ code, marker }: BucketFault): Record<string, string> {
  if (!marker) return {};
  return {
    "x-amz-delete-marker": "true",
    "x-amz-version-id": marker.versionId,
    ...(code === "MethodNotAllowed" && { allow: "DELETE", "last-modified": marker.modifiedAt.toUTCString() }),
  };
}
