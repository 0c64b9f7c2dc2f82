import { formatAmzDate } from "./amz-date.ts";
import {
  ALGORITHM,
  canonicalRequest,
  credentialScope,
  EMPTY_SHA256,
  encodeComponent,
  SIGNATURE_QUERY_KEY,
  sha256Hex,
  stringToSign,
  UNSIGNED_PAYLOAD,
} from "./canonical-request.ts";
import type { Credentials } from "./http-request.ts";
import { hmacSignature, signingKey } from "./signing-key.ts";
import { MAX_PRESIGN_SECONDS } from "./verify.ts";

/** What hops and clients on the way may add or change, and what therefore is never signed. */
const UNSIGNED_HEADERS: ReadonlySet<string> = new Set([
  "accept-encoding",
  "authorization",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "user-agent",
  "x-amzn-trace-id",
]);

interface SigningScope {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  readonly now: Date;
}

export interface SignRequest extends SigningScope {
  readonly method: string;
  /** Absolute, with path and query already percent-encoded. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  /** Hex, or one of S3's markers such as `UNSIGNED-PAYLOAD`; instead of `body`. */
  readonly payloadHash?: string | undefined;
}

/** A URL in the parts that are signed. `URL` is not used: it resolves `..` and `%2e%2e`, which are good S3 keys. */
export interface SplitUrl {
  readonly protocol: "http:" | "https:";
  /** As the Host header has it: without the scheme's own port. */
  readonly host: string;
  /** Raw path with its query. */
  readonly path: string;
}

export function splitUrl(url: string): SplitUrl {
  const match = /^(https?:)\/\/([^/?#@\s]+)([^?#\s]*)(\?[^#\s]*)?$/i.exec(url);
  if (match === null) {
    throw new TypeError(
      `"${url}" is not a URL of the form http(s)://HOST[:PORT]/PATH (no user, no fragment, no spaces)`,
    );
  }
  const protocol = match[1]!.toLowerCase() as SplitUrl["protocol"];
  const host = match[2]!.toLowerCase().replace(protocol === "https:" ? /:443$/ : /:80$/, "");
  return { protocol, host, path: `${match[3] === "" ? "/" : match[3]}${match[4] ?? ""}` };
}

/**
 * Signs in the header form. Returns all headers to send, names in lower case: those given, plus `host`, `x-amz-date`,
 * `x-amz-security-token` (with a session), `x-amz-content-sha256` (S3) and `authorization`.
 */
export function signRequest(request: SignRequest): Record<string, string> {
  const { credentials, region, service } = request;
  const { host, path } = splitUrl(request.url);
  const amzDate = formatAmzDate(request.now);
  const payloadHash =
    request.payloadHash ??
    (request.body === undefined || request.body.length === 0 ? EMPTY_SHA256 : sha256Hex(request.body));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  headers.host ??= host;
  headers["x-amz-date"] = amzDate;
  if (service === "s3") headers["x-amz-content-sha256"] = payloadHash;
  if (credentials.sessionToken !== undefined) headers["x-amz-security-token"] = credentials.sessionToken;

  const signedHeaders = Object.keys(headers)
    .filter((name) => !UNSIGNED_HEADERS.has(name))
    .sort();
  const date = amzDate.slice(0, 8);
  const scope = credentialScope(date, region, service);
  const canonical = canonicalRequest({ method: request.method, path, headers, signedHeaders, payloadHash, service });
  const key = signingKey(credentials.secretAccessKey, date, region, service);
  const signature = hmacSignature(key, stringToSign(amzDate, scope, canonical)).toString("hex");
  headers.authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return headers;
}

export interface PresignUrl extends SigningScope {
  readonly method: string;
  /** Absolute, with path and query already percent-encoded. */
  readonly url: string;
  /** Headers that the user of the URL will have to send exactly so; `host` is always among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** 1 to {@link MAX_PRESIGN_SECONDS}. */
  readonly expiresSeconds: number;
  /** `UNSIGNED-PAYLOAD` for S3 and the empty body's hash for other services when absent. */
  readonly payloadHash?: string | undefined;
}

/** Signs in the query form: returns the URL that carries its own signature. */
export function presignUrl(request: PresignUrl): string {
  const { credentials, region, service, expiresSeconds } = request;
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > MAX_PRESIGN_SECONDS) {
    throw new RangeError(
      `expiresSeconds is ${expiresSeconds}; a presigned URL is valid for 1 to ${MAX_PRESIGN_SECONDS} whole seconds`,
    );
  }
  const { protocol, host, path } = splitUrl(request.url);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  headers.host ??= host;
  const signedHeaders = Object.keys(headers).sort();
  const amzDate = formatAmzDate(request.now);
  const date = amzDate.slice(0, 8);
  const scope = credentialScope(date, region, service);
  const parameters = [
    `X-Amz-Algorithm=${ALGORITHM}`,
    `X-Amz-Credential=${encodeComponent(`${credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${amzDate}`,
    `X-Amz-Expires=${expiresSeconds}`,
    `X-Amz-SignedHeaders=${encodeComponent(signedHeaders.join(";"))}`,
  ];
  if (credentials.sessionToken !== undefined) {
    parameters.push(`X-Amz-Security-Token=${encodeComponent(credentials.sessionToken)}`);
  }
  const unsigned = `${path}${path.includes("?") ? (path.endsWith("?") ? "" : "&") : "?"}${parameters.join("&")}`;
  const payloadHash = request.payloadHash ?? (service === "s3" ? UNSIGNED_PAYLOAD : EMPTY_SHA256);
  const canonical = canonicalRequest({
    method: request.method,
    path: unsigned,
    headers,
    signedHeaders,
    payloadHash,
    service,
  });
  const key = signingKey(credentials.secretAccessKey, date, region, service);
  const signature = hmacSignature(key, stringToSign(amzDate, scope, canonical)).toString("hex");
  return `${protocol}//${host}${unsigned}&${SIGNATURE_QUERY_KEY}=${signature}`;
}
