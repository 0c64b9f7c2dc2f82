import { CallerFault } from "@sluice/model/caller-fault.ts";

/** Codes of JSON, query and REST-JSON services, and of S3, that say: you may not, you are not who you say, or you call too often. */
const REFUSALS: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AuthorizationHeaderMalformed",
  "CrossSiteRequestException",
  "EnrolmentTokenInvalidException",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "InvalidToken",
  "KeyNotForConsoleException",
  "MisdirectedRequest",
  "MisdirectedRequestException",
  "MissingAuthenticationTokenException",
  "RequestExpired",
  "RequestTimeTooSkewed",
  "SessionEndedException",
  "SignInRefusedException",
  "SignatureDoesNotMatch",
  "SlowDown",
  "ThrottlingException",
  "TooManyRequestsException",
  "UnrecognizedClientException",
  "XAmzContentSHA256Mismatch",
]);

export function isRefusal(code: string): boolean {
  return REFUSALS.has(code);
}

/** What went wrong, as the audit says it. */
export interface AuditFault {
  readonly code: string;
  readonly message: string;
}

/** Of what is no fault of the caller's the log has the cause. */
export function auditFault(error: unknown): AuditFault {
  if (error instanceof CallerFault) return { code: error.code, message: error.message };
  return { code: "InternalFailure", message: "An error of the server's: its log has the cause under the request id." };
}
