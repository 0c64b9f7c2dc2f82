/** The one operation of STS that is served: GetCallerIdentity, in the AWS query protocol (form in, XML out). */
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS, type FaultCode } from "@sluice/model/fault-codes.ts";
import type { HttpRequest } from "../sigv4/http-request.ts";

export const STS_SIGNING_NAME = "sts";
export const STS_VERSION = "2011-06-15";
export const MAX_STS_INPUT_BYTES = 64 * 1024;
const NAMESPACE = `https://sts.amazonaws.com/doc/${STS_VERSION}/`;
const CONTENT_TYPE = "text/xml";
const HTTP_SERVER_ERROR = 500;

/** The query protocol's own names, and statuses, for faults that the JSON protocol calls otherwise. */
const QUERY_FAULTS: Readonly<Partial<Record<FaultCode, readonly [code: string, status: number]>>> = {
  UnknownOperationException: ["InvalidAction", 400],
  AccessDeniedException: ["AccessDenied", 403],
  UnrecognizedClientException: ["InvalidClientTokenId", 403],
  InvalidSignatureException: ["SignatureDoesNotMatch", 403],
  IncompleteSignatureException: ["IncompleteSignature", 400],
  MissingAuthenticationTokenException: ["MissingAuthenticationToken", 403],
  ThrottlingException: ["Throttling", 400],
  ValidationException: ["ValidationError", 400],
  ServiceUnavailableException: ["ServiceUnavailable", 503],
};

export interface QueryAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** Reads the action from a form body (POST) or from the query (GET); the only one there is has no parameters. */
export function parseStsAction(request: Pick<HttpRequest, "method" | "path" | "body">): "GetCallerIdentity" {
  const { method, path, body } = request;
  if (body !== undefined && body.length > MAX_STS_INPUT_BYTES) {
    throw new CallerFault(
      "RequestEntityTooLargeException",
      `The form has ${body.length} bytes; at most ${MAX_STS_INPUT_BYTES} are read.`,
    );
  }
  const question = path.indexOf("?");
  const form =
    method === "GET" ? path.slice(question < 0 ? path.length : question + 1) : Buffer.from(body ?? []).toString();
  const parameters = new URLSearchParams(form);
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  if (action !== "GetCallerIdentity" || version !== STS_VERSION) {
    throw new CallerFault(
      "UnknownOperationException",
      `Could not find operation ${action || "(no Action)"} for version ${version || "(no Version)"}; GetCallerIdentity of ${STS_VERSION} is served.`,
    );
  }
  return action;
}

export function serialiseCallerIdentity(identity: CallerIdentity, requestId: string): QueryAnswer {
  const { arn, userId, account } = identity;
  const result = `<Arn>${escapeXml(arn)}</Arn><UserId>${escapeXml(userId)}</UserId><Account>${escapeXml(account)}</Account>`;
  return {
    status: 200,
    headers: { "content-type": CONTENT_TYPE, "x-amzn-requestid": requestId },
    body:
      `<GetCallerIdentityResponse xmlns="${NAMESPACE}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>` +
      `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  };
}

/** A fault in the query protocol's XML, by its name in that protocol. Only STS's namespace is known here. */
export function serialiseQueryFault(
  fault: { readonly code: FaultCode; readonly message: string },
  requestId: string,
  signingName: string | undefined = STS_SIGNING_NAME,
): QueryAnswer {
  const { code, status, headers } = queryFault(fault.code, requestId);
  const type = status < HTTP_SERVER_ERROR ? "Sender" : "Receiver";
  const namespace = signingName === STS_SIGNING_NAME ? ` xmlns="${NAMESPACE}"` : "";
  return {
    status,
    headers,
    body:
      `<ErrorResponse${namespace}><Error><Type>${type}</Type><Code>${code}</Code>` +
      `<Message>${escapeXml(fault.message)}</Message></Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
  };
}

/** The same in the form that EC2 alone has. */
export function serialiseEc2Fault(
  fault: { readonly code: FaultCode; readonly message: string },
  requestId: string,
): QueryAnswer {
  const { code, status, headers } = queryFault(fault.code, requestId);
  return {
    status,
    headers,
    body:
      `<Response><Errors><Error><Code>${code}</Code><Message>${escapeXml(fault.message)}</Message></Error></Errors>` +
      `<RequestID>${escapeXml(requestId)}</RequestID></Response>`,
  };
}

function queryFault(faultCode: FaultCode, requestId: string) {
  const [code, status] = QUERY_FAULTS[faultCode] ?? [faultCode, FAULTS[faultCode]];
  return { code, status, headers: { "content-type": CONTENT_TYPE, "x-amzn-requestid": requestId } };
}

/** Characters that XML 1.0 has no place for (a message may quote what a caller sent) become the replacement character. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}
