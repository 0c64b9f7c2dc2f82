import { parseAmzDate } from "./amz-date.ts";
import { ALGORITHM, UNSIGNED_PAYLOAD } from "./canonical-request.ts";
import { type HttpRequest, headerValue } from "./http-request.ts";
import { SignatureFault } from "./signature-fault.ts";

/** What a request says about its own signature. Nothing of it is proved before `verifySignature`. */
export interface ParsedAuthorization {
  readonly form: "header" | "query";
  readonly accessKeyId: string;
  /** `YYYYMMDD` of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `20261123T183000Z`, and the same in milliseconds. */
  readonly amzDate: string;
  readonly signedAtMs: number;
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** As the request claims it (x-amz-content-sha256): hex or one of S3's markers. Undefined: hash the body. */
  readonly payloadHash: string | undefined;
  /** Query form only. */
  readonly expiresSeconds: number | undefined;
}

const SIGNATURE = /^[0-9a-f]{64}$/;
const EXPIRES = /^\d{1,10}$/;

/** Whether the request carries a signature at all, in either form. */
export function isSigned(request: Pick<HttpRequest, "path" | "headers">): boolean {
  return request.headers.authorization !== undefined || request.path.includes("X-Amz-Signature=");
}

/**
 * The service that the credential's scope names, also where the rest of the signature is not whole; undefined without one. Each text is
 * gone through once, since anybody may send it.
 */
export function signingServiceOf({ path, headers }: Pick<HttpRequest, "path" | "headers">): string | undefined {
  const authorization = headerValue(headers, "authorization");
  if (authorization !== undefined) {
    return authorization.startsWith(`${ALGORITHM} `)
      ? serviceInScope(textAfter(authorization, "Credential=", ",") ?? "")
      : undefined;
  }
  const credential = textAfter(path, "X-Amz-Credential=", "&");
  return credential === undefined ? undefined : serviceInScope(credential.replaceAll(/%2f/gi, "/"));
}

function textAfter(text: string, name: string, end: string): string | undefined {
  const start = text.indexOf(name);
  if (start < 0) return undefined;
  const from = start + name.length;
  const to = text.indexOf(end, from);
  return text.slice(from, to < 0 ? undefined : to).trim();
}

function serviceInScope(credential: string): string | undefined {
  const terminator = credential.lastIndexOf("/");
  const service = credential.lastIndexOf("/", terminator - 1);
  if (service < 1 || credential.slice(terminator + 1) !== "aws4_request") return undefined;
  return credential.slice(service + 1, terminator);
}

/**
 * Reads the Authorization header or the presigned query. Cheap and without a secret: routing by the credential scope's service
 * needs no more. Throws a {@link SignatureFault} that names what is missing.
 */
export function parseAuthorization(request: Pick<HttpRequest, "path" | "headers">): ParsedAuthorization {
  const authorization = headerValue(request.headers, "authorization");
  if (authorization !== undefined) return parseHeader(authorization, request);
  if (request.path.includes("X-Amz-Algorithm=") || request.path.includes("X-Amz-Signature="))
    return parseQuery(request);
  throw new SignatureFault(
    "missing",
    "Missing Authentication Token: the request has neither an Authorization header nor a presigned query. Sign it with Signature V4.",
  );
}

function parseHeader(authorization: string, request: Pick<HttpRequest, "headers">): ParsedAuthorization {
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    const scheme = authorization.split(" ", 1)[0];
    throw incomplete(`Authorization scheme "${scheme}" is not supported; use ${ALGORITHM}.`);
  }
  let credential: string | undefined;
  let signedHeaders: string | undefined;
  let signature: string | undefined;
  for (const part of authorization.slice(ALGORITHM.length + 1).split(",")) {
    const equals = part.indexOf("=");
    const value = part.slice(equals + 1).trim();
    switch (part.slice(0, Math.max(equals, 0)).trim()) {
      case "Credential":
        credential = value;
        break;
      case "SignedHeaders":
        signedHeaders = value;
        break;
      case "Signature":
        signature = value;
        break;
    }
  }
  const amzDate = headerDate(request);
  const missing = [
    ...(credential ? [] : ["Authorization header requires 'Credential' parameter."]),
    ...(signature ? [] : ["Authorization header requires 'Signature' parameter."]),
    ...(signedHeaders ? [] : ["Authorization header requires 'SignedHeaders' parameter."]),
    ...(amzDate ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ];
  if (!credential || !signature || !signedHeaders || !amzDate) throw incomplete(missing.join(" "));
  return build({
    form: "header",
    credential,
    signedHeaders,
    signature,
    amzDate,
    expires: undefined,
    sessionToken: headerValue(request.headers, "x-amz-security-token"),
    payloadHash: headerValue(request.headers, "x-amz-content-sha256"),
  });
}

function headerDate(request: Pick<HttpRequest, "headers">): string | undefined {
  const amzDate = headerValue(request.headers, "x-amz-date");
  if (amzDate !== undefined) return amzDate;
  const date = headerValue(request.headers, "date");
  if (date === undefined) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) ? date : `${new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, "")}`;
}

function parseQuery(request: Pick<HttpRequest, "path" | "headers">): ParsedAuthorization {
  const query = new URLSearchParams(request.path.slice(request.path.indexOf("?") + 1));
  const take = (name: string): string | undefined => {
    const values = query.getAll(name);
    if (values.length > 1) throw incomplete(`The query gives ${name} ${values.length} times; give it once.`);
    return values[0] === "" ? undefined : values[0];
  };
  const algorithm = take("X-Amz-Algorithm");
  const credential = take("X-Amz-Credential");
  const signature = take("X-Amz-Signature");
  const signedHeaders = take("X-Amz-SignedHeaders");
  const amzDate = take("X-Amz-Date");
  const expires = take("X-Amz-Expires");
  if (!algorithm || !credential || !signature || !signedHeaders || !amzDate || !expires) {
    const names = { algorithm, credential, signature, signedHeaders, amzDate, expires };
    const spelling: Record<string, string> = {
      algorithm: "X-Amz-Algorithm",
      credential: "X-Amz-Credential",
      signature: "X-Amz-Signature",
      signedHeaders: "X-Amz-SignedHeaders",
      amzDate: "X-Amz-Date",
      expires: "X-Amz-Expires",
    };
    const missing = Object.entries(names).filter(([, value]) => !value);
    throw incomplete(`AWS query-string parameters must include ${missing.map(([name]) => spelling[name]).join(", ")}.`);
  }
  if (algorithm !== ALGORITHM) throw incomplete(`X-Amz-Algorithm "${algorithm}" is not supported; use ${ALGORITHM}.`);
  const names = signedHeaders.split(";");
  const service = credential.split("/").at(-2);
  const claimed = names.includes("x-amz-content-sha256")
    ? headerValue(request.headers, "x-amz-content-sha256")
    : take("X-Amz-Content-Sha256");
  return build({
    form: "query",
    credential,
    signedHeaders,
    signature,
    amzDate,
    expires,
    sessionToken: take("X-Amz-Security-Token"),
    payloadHash: claimed ?? (service === "s3" ? UNSIGNED_PAYLOAD : undefined),
  });
}

interface RawAuthorization {
  readonly form: "header" | "query";
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly amzDate: string;
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  readonly payloadHash: string | undefined;
}

function build(raw: RawAuthorization): ParsedAuthorization {
  // An access key id may itself hold slashes; the scope is always the last four parts.
  const parts = raw.credential.split("/");
  const count = parts.length;
  const [date, region, service, terminator] = parts.slice(count - 4);
  const accessKeyId = parts.slice(0, count - 4).join("/");
  if (count < 5 || !accessKeyId || !date || !region || !service || terminator !== "aws4_request") {
    throw incomplete(
      `Credential must have the form <access-key-id>/<YYYYMMDD>/<region>/<service>/aws4_request, got: '${raw.credential}'.`,
    );
  }
  if (!SIGNATURE.test(raw.signature)) throw incomplete("Signature must be 64 lower-case hexadecimal digits.");
  const signedAtMs = parseAmzDate(raw.amzDate);
  if (signedAtMs === undefined) {
    throw incomplete(`Date must be in ISO-8601 'basic format' (YYYYMMDDTHHMMSSZ), got '${raw.amzDate}'.`);
  }
  if (raw.expires !== undefined && !EXPIRES.test(raw.expires)) {
    throw incomplete(`X-Amz-Expires must be a whole number of seconds, got '${raw.expires}'.`);
  }
  const signedHeaders = raw.signedHeaders.split(";");
  // Each is looked up, joined and hashed for every time that it is named: a few kilobytes would become tens of megabytes of work.
  const repeated = new Set(signedHeaders).size < signedHeaders.length;
  if (repeated) throw incomplete("SignedHeaders names a header more than once; name each once.");
  return {
    form: raw.form,
    accessKeyId,
    date,
    region,
    service,
    amzDate: raw.amzDate,
    signedAtMs,
    signedHeaders,
    signature: raw.signature,
    sessionToken: raw.sessionToken,
    payloadHash: raw.payloadHash,
    expiresSeconds: raw.expires === undefined ? undefined : Number(raw.expires),
  };
}

function incomplete(message: string): SignatureFault {
  return new SignatureFault("incomplete", message);
}
