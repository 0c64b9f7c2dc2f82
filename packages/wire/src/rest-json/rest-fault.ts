import { FAULTS, type FaultCode } from "@sluice/model/fault-codes.ts";
import { LAMBDA_ERRORS } from "../generated/lambda-shapes.ts";
import { REST_CONTENT_TYPE, type RestAnswer } from "./rest-answer.ts";

export interface RestFault {
  readonly code: FaultCode;
  readonly message: string;
  /** `ConcurrentInvocationLimitExceeded`: which of the limits that share the code. */
  readonly wireReason?: string | undefined;
}

/** Names and statuses that REST services give to what JSON 1.1 calls otherwise. */
const REST_FAULTS: Readonly<Partial<Record<FaultCode, readonly [code: string, status: number]>>> = {
  AccessDeniedException: ["AccessDeniedException", 403],
  UnrecognizedClientException: ["UnrecognizedClientException", 403],
  ExpiredTokenException: ["ExpiredTokenException", 403],
  InvalidSignatureException: ["InvalidSignatureException", 403],
  IncompleteSignatureException: ["IncompleteSignatureException", 403],
  MissingAuthenticationTokenException: ["MissingAuthenticationTokenException", 403],
  RequestExpired: ["RequestExpired", 403],
  RequestEntityTooLargeException: ["RequestTooLargeException", 413],
  ThrottlingException: ["ThrottlingException", 429],
  InternalFailure: ["ServiceException", 500],
};

const HTTP_SERVER_ERROR = 500;
const TOO_MANY_REQUESTS = 429;
/** After which clients are told to try again when too much was asked for at once. */
const RETRY_SECONDS = 1;

/** The bytes of an error: `{"Type":"User","message":…}` with its code in x-amzn-ErrorType, as Lambda writes it. */
export function serialiseRestFault({ code, message, wireReason }: RestFault, requestId: string): RestAnswer {
  const statuses: Readonly<Partial<Record<string, number>>> = LAMBDA_ERRORS;
  const [name, status] = REST_FAULTS[code] ?? [code, statuses[code] ?? FAULTS[code]];
  const type = status < HTTP_SERVER_ERROR ? "User" : "Service";
  return {
    status,
    headers: {
      "content-type": REST_CONTENT_TYPE,
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": name,
      ...(status === TOO_MANY_REQUESTS && { "retry-after": String(RETRY_SECONDS) }),
    },
    body: JSON.stringify({ ...(wireReason !== undefined && { Reason: wireReason }), Type: type, message }),
  };
}
