import { CallerFault } from "@sluice/model/caller-fault.ts";

/** What an enrolment token says: which token it is, its proof, and which server it may be shown to. */
export interface EnrolmentToken {
  readonly id: string;
  readonly secret: string;
  /** sha256, in hex, of the server's TLS certificates; empty where the system's authorities vouch for the server (or over http). */
  readonly fingerprints: readonly string[];
}

const PREFIX = "slt_";
export const MAX_ENROLMENT_TOKEN_CHARACTERS = 8192;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;

export function encodeEnrolmentToken(token: EnrolmentToken): string {
  const { id, secret, fingerprints } = token;
  return PREFIX + Buffer.from(JSON.stringify({ id, secret, fingerprints })).toString("base64url");
}

/** Whether it is meant to be a token, and not the id of one. */
export function isWholeToken(text: string): boolean {
  return text.trim().startsWith(PREFIX);
}

/** Throws an EnrolmentTokenInvalidException that says what is wrong and never quotes the token, which is a secret. */
export function decodeEnrolmentToken(text: string): EnrolmentToken {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX)) throw invalid(`it does not begin with ${PREFIX}`);
  const encoded = trimmed.slice(PREFIX.length);
  if (trimmed.length > MAX_ENROLMENT_TOKEN_CHARACTERS) {
    throw invalid(`it has ${trimmed.length} characters, above ${MAX_ENROLMENT_TOKEN_CHARACTERS}`);
  }
  if (!BASE64URL.test(encoded)) throw invalid("it contains characters that tokens do not have");
  const fields = parse(encoded);
  const { id, secret, fingerprints } = fields;
  if (typeof id !== "string" || id === "" || typeof secret !== "string" || secret === "") {
    throw invalid("it is incomplete or altered");
  }
  if (!Array.isArray(fingerprints) || !fingerprints.every(isFingerprint)) {
    throw invalid("its certificate fingerprints are not sha256 in hex");
  }
  return { id, secret, fingerprints };
}

function parse(encoded: string): Partial<Record<keyof EnrolmentToken, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
  } catch {
    // Without the cause: a JSON error quotes the text.
    throw invalid("it is incomplete or altered");
  }
  if (typeof value !== "object" || value === null) throw invalid("it is incomplete or altered");
  return value;
}

function isFingerprint(value: unknown): value is string {
  return typeof value === "string" && FINGERPRINT.test(value);
}

function invalid(problem: string): CallerFault {
  return new CallerFault(
    "EnrolmentTokenInvalidException",
    `The enrolment token is not valid: ${problem}. Copy the whole token, or create a new one: sluice token create`,
  );
}
