/** The AWS query protocol: a form in (`Action`, `Version`, parameters), XML out. STS speaks it, and so does ELBv2. */
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS, type FaultCode } from "@sluice/model/fault-codes.ts";
import type { HttpRequest } from "../sigv4/http-request.ts";
import { writeXml, type XmlFields } from "../xml/write-xml.ts";
import { toFields } from "./answer-writer.ts";
import { FormMismatch, readForm } from "./form-reader.ts";
import type { QueryService } from "./query-service.ts";

/** The largest form that is read. No operation that is served has more than a few parameters. */
export const MAX_QUERY_INPUT_BYTES = 64 * 1024;
const CONTENT_TYPE = "text/xml";
const HTTP_SERVER_ERROR = 500;

/** The query protocol's own names, and statuses, for faults that the JSON protocol calls otherwise. */
const QUERY_FAULTS: Readonly<Partial<Record<FaultCode, readonly [code: string, status: number]>>> = {
  UnknownOperationException: ["InvalidAction", 400],
  AccessDeniedException: ["AccessDenied", 403],
  UnrecognizedClientException: ["InvalidClientTokenId", 403],
  ExpiredTokenException: ["ExpiredToken", 403],
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

export interface QueryCall {
  /** One of the service's table. */
  readonly operation: string;
  /** In the shape that the table gives it. */
  readonly input: unknown;
}

type Fault = { readonly code: FaultCode; readonly message: string };

/** Reads a call from a form body (POST) or from the query (GET). Throws CallerFault. */
export function parseQueryCall(
  service: QueryService,
  { method, path, body }: Pick<HttpRequest, "method" | "path" | "body">,
): QueryCall {
  if (body !== undefined && body.length > MAX_QUERY_INPUT_BYTES) {
    throw new CallerFault(
      "RequestEntityTooLargeException",
      `The form has ${body.length} bytes; at most ${MAX_QUERY_INPUT_BYTES} are read.`,
    );
  }
  const question = path.indexOf("?");
  const form =
    method === "GET" ? path.slice(question < 0 ? path.length : question + 1) : Buffer.from(body ?? []).toString();
  const parameters = new URLSearchParams(form);
  const operation = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  if (!Object.hasOwn(service.table, operation) || version !== service.version) {
    throw new CallerFault("UnknownOperationException", unknownOperation(service, operation, version));
  }
  return { operation, input: readInput(service, operation, parameters) };
}

function unknownOperation({ table, version: served }: QueryService, operation: string, version: string): string {
  const names = Object.keys(table);
  return `Could not find operation ${operation || "(no Action)"} for version ${version || "(no Version)"}; ${names.join(", ")} of ${served} ${names.length === 1 ? "is" : "are"} served.`;
}

function readInput({ table }: QueryService, operation: string, parameters: URLSearchParams): unknown {
  try {
    return readForm(table[operation]!.input, parameters);
  } catch (error) {
    if (error instanceof FormMismatch) throw new CallerFault("ValidationException", error.message, { cause: error });
    throw error;
  }
}

/** `<Action>Response` around `<Action>Result`, which operations without an output do not have. */
export function serialiseQueryAnswer(
  { table, namespace, hasEmptyResults }: QueryService,
  operation: string,
  output: object,
  requestId: string,
): QueryAnswer {
  const shape = table[operation]!.output;
  const hasResult = hasEmptyResults || Object.keys(shape.members).length > 0;
  const fields = {
    ...(hasResult && { [`${operation}Result`]: toFields(shape, output) }),
    ResponseMetadata: { RequestId: requestId },
  };
  return { status: 200, headers: headersOf(requestId), body: write(`${operation}Response`, fields, namespace) };
}

/** A fault in the query protocol's XML, by its name in that protocol. `namespace`: of the service, where it is one of ours. */
export function serialiseQueryFault({ code, message }: Fault, requestId: string, namespace?: string): QueryAnswer {
  const [name, status] = queryFault(code);
  const type = status < HTTP_SERVER_ERROR ? "Sender" : "Receiver";
  const fields = { Error: { Type: type, Code: name, Message: message }, RequestId: requestId };
  return { status, headers: headersOf(requestId), body: write("ErrorResponse", fields, namespace) };
}

/** The same in the form that EC2 alone has. */
export function serialiseEc2Fault({ code, message }: Fault, requestId: string): QueryAnswer {
  const [name, status] = queryFault(code);
  const fields = { Errors: { Error: { Code: name, Message: message } }, RequestID: requestId };
  return { status, headers: headersOf(requestId), body: write("Response", fields) };
}

function queryFault(code: FaultCode): readonly [name: string, status: number] {
  return QUERY_FAULTS[code] ?? [code, FAULTS[code]];
}

function headersOf(requestId: string): Record<string, string> {
  return { "content-type": CONTENT_TYPE, "x-amzn-requestid": requestId };
}

/** A message may quote what a caller sent: characters that XML has no place for become the replacement character. */
function write(root: string, fields: XmlFields, namespace?: string): string {
  return writeXml(root, fields, { namespace, isDeclared: false, controls: "replaced" });
}
