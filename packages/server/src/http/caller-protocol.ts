import { serialiseFault } from "@sluice/wire/json/json-protocol.ts";
import { serialiseEc2Fault, serialiseQueryFault } from "@sluice/wire/query/query-protocol.ts";
import { QUERY_SERVICES } from "@sluice/wire/query/query-services.ts";
import { STS_SIGNING_NAME } from "@sluice/wire/query/sts-service.ts";
import { LAMBDA_SIGNING_NAME } from "@sluice/wire/rest-json/lambda-service.ts";
import type { RestAnswer } from "@sluice/wire/rest-json/rest-answer.ts";
import { type RestFault, serialiseRestFault } from "@sluice/wire/rest-json/rest-fault.ts";
import { signingServiceOf } from "@sluice/wire/sigv4/authorization.ts";
import { type HttpHeaders, headerValue } from "@sluice/wire/sigv4/http-request.ts";

/**
 * In which form a caller reads an answer. One port serves them all, and whoever came here by mistake (an endpoint set for every
 * service, a call without a signature) has to be able to read why it was refused: an S3 client shows nothing of a JSON error.
 */
export type CallerProtocol = "json" | "rest-json" | "query" | "ec2" | "rest-xml" | "s3";

export interface CallerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HttpHeaders;
}

const FORM = /^application\/x-www-form-urlencoded\b/i;
const JSON_BODY = /^application\/(x-amz-)?json\b/i;
const AWS_JSON = /^application\/x-amz-json-1\.[01]$/i;
const ACTION_IN_QUERY = /[?&]Action=/;
const ROOT = /^\/(\?|$)/;
/** Paths of Sluice's own: unsigned, they mean no bucket. */
const OWN_PATHS = /^\/(-|healthz|readyz|metrics)([/?]|$)/;
/** Services besides S3 that speak XML and name the operation by method and path. */
const REST_XML_SERVICES: ReadonlySet<string> = new Set(["cloudfront", "route53"]);

/** Told by the signature's scope where there is one, and otherwise by the form of the request. */
export function callerProtocol({ method, path, headers }: CallerRequest): CallerProtocol {
  const service = signingServiceOf({ path, headers });
  if (service === "s3") return "s3";
  // Its payloads have any content type.
  if (service === LAMBDA_SIGNING_NAME) return "rest-json";
  if (headers["x-amz-target"] !== undefined) return "json";
  const contentType = headerValue(headers, "content-type") ?? "";
  if (FORM.test(contentType) || ACTION_IN_QUERY.test(path)) return service === "ec2" ? "ec2" : "query";
  if (OWN_PATHS.test(path)) return "json";
  if (service !== undefined) {
    if (REST_XML_SERVICES.has(service)) return "rest-xml";
    return ROOT.test(path) ? "json" : "rest-json";
  }
  if (JSON_BODY.test(contentType)) return ROOT.test(path) ? "json" : "rest-json";
  // What is left has no signature that is known here: a browser, curl, a client of S3 without a key or with Signature V2.
  return method === "POST" && ROOT.test(path) ? "json" : "s3";
}

/** Whoever signed for no service most likely meant the one that tools call first. */
function namespaceOf(signingName = STS_SIGNING_NAME): string | undefined {
  return QUERY_SERVICES.find((service) => service.signingName === signingName)?.namespace;
}

/** A fault in the caller's own form; S3's are written by its handler. */
export function serialiseFaultFor(request: CallerRequest, fault: RestFault, requestId: string): RestAnswer {
  const protocol = callerProtocol(request);
  switch (protocol) {
    case "query":
    case "rest-xml":
      return serialiseQueryFault(fault, requestId, namespaceOf(signingServiceOf(request)));
    case "ec2":
      return serialiseEc2Fault(fault, requestId);
    case "rest-json":
      return serialiseRestFault(fault, requestId);
    case "json":
    case "s3": {
      const answer = serialiseFault(fault, requestId);
      const asked = headerValue(request.headers, "content-type") ?? "";
      const contentType = protocol === "json" && AWS_JSON.test(asked) ? asked.toLowerCase() : undefined;
      const headers = { ...answer.headers, "content-type": contentType ?? answer.headers["content-type"]! };
      return { ...answer, headers };
    }
    default:
      return protocol satisfies never;
  }
}
