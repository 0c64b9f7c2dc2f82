import { validateHeaderName, validateHeaderValue } from "node:http";
import { isHopByHop } from "./hop-by-hop.ts";

/** What a function may answer a target group with, AWS's limit: bytes of its JSON. */
export const MAX_FUNCTION_ANSWER_BYTES = 1024 * 1024;

/** What the client gets. */
export interface GatewayAnswer {
  readonly status: number;
  /** Empty: the usual one of the status. */
  readonly reason: string;
  /** In the order in which they are sent; one name may come more than once. None is hop by hop or a length. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A function's answer that is no answer; the message says why, without a full stop, and without anything that the function said. */
export class MalformedAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedAnswer";
  }
}

const DEFAULT_CONTENT_TYPE = "application/octet-stream";
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * From the JSON that a function returned to a response of HTTP ("Respond to the load balancer" in the guide of Application Load
 * Balancers). Throws a {@link MalformedAnswer}: AWS answers 502.
 *
 * @param isMultiValue headers are in `multiValueHeaders`, else in `headers`: the other member is not looked at, as with AWS
 */
export function functionAnswer(payload: Uint8Array, isMultiValue: boolean): GatewayAnswer {
  if (payload.length > MAX_FUNCTION_ANSWER_BYTES) {
    throw new MalformedAnswer(
      `its answer has ${payload.length} bytes: at most ${MAX_FUNCTION_ANSWER_BYTES} are sent on`,
    );
  }
  const answer = readJson(payload);
  const status = readStatus(answer.statusCode);
  const headers = isMultiValue ? readManyValues(answer.multiValueHeaders) : readHeaders(answer.headers);
  const body = readBody(answer);
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status,
    reason: readReason(answer.statusDescription, status),
    headers: hasType || body.length === 0 ? headers : [...headers, ["content-type", DEFAULT_CONTENT_TYPE]],
    body,
  };
}

type Members = Readonly<Record<string, unknown>>;

function readJson(payload: Uint8Array): Members {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    throw new MalformedAnswer("its answer is not JSON");
  }
  return membersOf(value, "its answer");
}

function membersOf(value: unknown, what: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw new MalformedAnswer(`${what} is not an object`);
}

function readStatus(status: unknown): number {
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new MalformedAnswer("its statusCode is not a whole number from 200 to 599");
}

/** `200 OK` is `OK`. */
function readReason(description: unknown, status: number): string {
  if (description === undefined || description === null) return "";
  if (typeof description !== "string" || !/^[\x20-\x7e]*$/.test(description)) {
    throw new MalformedAnswer("its statusDescription is not one line of printable ASCII");
  }
  const code = String(status);
  return description.startsWith(code) ? description.slice(code.length).trim() : description.trim();
}

function readHeaders(headers: unknown): GatewayAnswer["headers"] {
  if (headers === undefined || headers === null) return [];
  return Object.entries(membersOf(headers, "its headers")).flatMap(([name, value]) => checked(name, value));
}

function readManyValues(headers: unknown): GatewayAnswer["headers"] {
  if (headers === undefined || headers === null) return [];
  return Object.entries(membersOf(headers, "its multiValueHeaders")).flatMap(([name, values]) => {
    if (!Array.isArray(values)) throw new MalformedAnswer("a header of its multiValueHeaders is not a list");
    return values.flatMap((value) => checked(name, value));
  });
}

/** Nothing in a header can end it and begin another one, or a body. */
function checked(name: string, value: unknown): GatewayAnswer["headers"] {
  if (typeof value !== "string") throw new MalformedAnswer("a header of its answer is not text");
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new MalformedAnswer("a header of its answer has characters that headers may not have");
  }
  const lower = name.toLowerCase();
  return isHopByHop(lower) || lower === "content-length" ? [] : [[name, value]];
}

function readBody({ body, isBase64Encoded = false }: Members): Buffer {
  if (typeof isBase64Encoded !== "boolean") throw new MalformedAnswer("its isBase64Encoded is not true or false");
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body !== "string") throw new MalformedAnswer("its body is not text");
  if (!isBase64Encoded) return Buffer.from(body, "utf8");
  if (body.length % 4 !== 0 || !BASE64.test(body)) {
    throw new MalformedAnswer("its body is not base64, and its isBase64Encoded is true");
  }
  return Buffer.from(body, "base64");
}
