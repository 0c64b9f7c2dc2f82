import { isUtf8 } from "node:buffer";
import { isHopByHop } from "./hop-by-hop.ts";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** Name, value, name, value: `rawHeaders` of node:http. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

export interface EventRules {
  readonly targetGroupArn: string;
  /** The attribute `lambda.multi_value_headers.enabled`. */
  readonly isMultiValue: boolean;
  /** In lower case: the gateway's own, which functions do not see. */
  readonly secretHeader: string;
  /** A new trace, for a request that is in none: `1-` with 8 and 24 hex digits. */
  readonly newTraceId: () => string;
}

/** JSON for the function, as an Application Load Balancer sends it ("Use Lambda functions as targets" in its guide). */
export function balancerEvent(request: ReceivedRequest, rules: EventRules): object {
  const { method, body } = request;
  const { path, query } = splitTarget(request.target);
  const headers = headersOf(request, rules);
  const isCheck = isHealthCheck(headers);
  const sent = isCheck ? headers.filter(([name]) => name === "user-agent") : withTrace(headers, rules.newTraceId);
  const isBase64Encoded = body.length > 0 && !isSentAsText(headers, body);
  return {
    requestContext: { elb: { targetGroupArn: rules.targetGroupArn } },
    httpMethod: method,
    path,
    ...(rules.isMultiValue
      ? { multiValueQueryStringParameters: allValues(query), multiValueHeaders: allValues(sent) }
      : { queryStringParameters: lastValues(query), headers: lastValues(sent) }),
    body: Buffer.from(body).toString(isBase64Encoded ? "base64" : "utf8"),
    isBase64Encoded,
  };
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** The balancer's own requests have not passed a listener, which sets the header on all others. */
function isHealthCheck(headers: Pairs): boolean {
  return !headers.some(([name]) => name === "x-forwarded-proto");
}

/** Nothing is decoded: that is the function's part. */
function splitTarget(target: string): { readonly path: string; readonly query: Pairs } {
  // A client may send the whole URL.
  const relative = target.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = relative.indexOf("?");
  const path = mark < 0 ? relative : relative.slice(0, mark);
  const parts = mark < 0 ? [] : relative.slice(mark + 1).split("&");
  const query = parts
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      return equals < 0 ? ([part, ""] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
    });
  return { path: path === "" ? "/" : path, query };
}

function headersOf({ rawHeaders }: ReceivedRequest, { secretHeader }: EventRules): Pairs {
  const all = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""] as const] : [],
  );
  const named = new Set(
    all
      .filter(([name]) => name === "connection")
      .flatMap(([, value]) =>
        value
          .toLowerCase()
          .split(",")
          .map((one) => one.trim()),
      ),
  );
  const passing = all.filter(([name]) => !isHopByHop(name) && !named.has(name) && name !== secretHeader);
  // HAProxy adds a line of its own to the client's; an Application Load Balancer adds to the client's line.
  const hops = passing.filter(([name]) => name === "x-forwarded-for").map(([, value]) => value);
  const others = passing.filter(([name]) => name !== "x-forwarded-for");
  return hops.length === 0 ? others : [...others, ["x-forwarded-for", hops.join(", ")]];
}

/** A trace that a client began goes on; what is in none begins one ("Request tracing" in the guide). */
function withTrace(headers: Pairs, newTraceId: () => string): Pairs {
  const [, sent] = headers.findLast(([name]) => name === "x-amzn-trace-id") ?? [];
  const others = headers.filter(([name]) => name !== "x-amzn-trace-id");
  const fields = (sent ?? "").split(";").filter((field) => field !== "" && !field.startsWith("Self="));
  const isTraced = fields.some((field) => field.startsWith("Root="));
  const own = `${isTraced ? "Self" : "Root"}=${newTraceId()}`;
  return [...others, ["x-amzn-trace-id", [own, ...fields].join(";")]];
}

/** Whether the body is in the event as it is. One that is said to be text and is not would lose bytes. */
function isSentAsText(headers: Pairs, body: Uint8Array): boolean {
  const last = (wanted: string) => headers.findLast(([name]) => name === wanted)?.[1];
  if (last("content-encoding") !== undefined) return false;
  const [type = ""] = (last("content-type") ?? "").toLowerCase().split(";");
  const isText = /^(text\/.+|application\/(json|javascript|xml))$/.test(type.trim());
  return isText && isUtf8(body);
}

/** `fromEntries` makes even `__proto__` a member like others. */
function lastValues(pairs: Pairs): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs);
}

function allValues(pairs: Pairs): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}
