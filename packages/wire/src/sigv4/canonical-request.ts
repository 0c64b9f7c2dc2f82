import { hash } from "node:crypto";
import { type HttpHeaders, headerValue } from "./http-request.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
export const SIGNATURE_QUERY_KEY = "X-Amz-Signature";

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;
const PLAIN_COMPONENT = /^[A-Za-z0-9\-._~]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const PERCENT_ESCAPE = /^%[0-9A-Fa-f]{2}/;
const EXTRA_RESERVED = /[!'()*]/g;
const SPACE_RUN = / {2,}/g;
const HAS_SPACE_RUN = / {2}/;

export function sha256Hex(data: Uint8Array | string): string {
  return hash("sha256", data, "hex");
}

export const EMPTY_SHA256 = sha256Hex("");

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
export function encodeComponent(text: string): string {
  if (PLAIN_COMPONENT.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(EXTRA_RESERVED, percentEscape);
}

function percentEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/**
 * Brings text that is already percent-encoded, however sloppily, to the one canonical spelling: escapes of unreserved characters are
 * undone, all others are in upper case, raw reserved characters are escaped. Bytes are never decoded as a whole, so escapes that
 * are not UTF-8 survive.
 */
function canonicalEscapes(text: string, keepSlash: boolean, plusIsSpace: boolean): string {
  if ((keepSlash ? PLAIN_PATH : PLAIN_COMPONENT).test(text)) return text;
  let result = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (UNRESERVED.test(character) || (keepSlash && character === "/")) {
      result += character;
    } else if (character === "%" && PERCENT_ESCAPE.test(text.slice(index, index + 3))) {
      const triplet = text.slice(index, index + 3);
      const decoded = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
      result += UNRESERVED.test(decoded) ? decoded : triplet.toUpperCase();
      index += 2;
    } else if (plusIsSpace && character === "+") {
      result += "%20";
    } else if (character.charCodeAt(0) <= 0xff) {
      // Off the wire every character is one byte.
      result += percentEscape(character);
    } else {
      const whole = String.fromCodePoint(text.codePointAt(index)!).toWellFormed();
      result += encodeURIComponent(whole);
      index += whole.length - 1;
    }
  }
  return result;
}

/** Dot segments and empty segments go; a trailing slash stays. */
function normalisePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const trailing = path.endsWith("/") && kept.length > 0 ? "/" : "";
  return `/${kept.join("/")}${trailing}`;
}

/** S3 signs the path as sent (one encoding, no normalisation); every other service normalises it and encodes it once more. */
export function canonicalPath(rawPath: string, service: string): string {
  if (rawPath === "" || rawPath === "/") return "/";
  if (service === "s3") return canonicalEscapes(rawPath, true, false);
  return normalisePath(rawPath).split("/").map(encodeComponent).join("/");
}

/** Sorted by name and then by value, with the signature itself left out. */
export function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs: { name: string; value: string }[] = [];
  for (const part of rawQuery.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = canonicalEscapes(equals < 0 ? part : part.slice(0, equals), false, true);
    if (name === SIGNATURE_QUERY_KEY) continue;
    pairs.push({ name, value: equals < 0 ? "" : canonicalEscapes(part.slice(equals + 1), false, true) });
  }
  pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  return pairs.map((pair) => `${pair.name}=${pair.value}`).join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalHeaderValue(value: string): string {
  const trimmed = value.trim();
  return HAS_SPACE_RUN.test(trimmed) ? trimmed.replace(SPACE_RUN, " ") : trimmed;
}

export interface CanonicalParts {
  readonly method: string;
  /** Raw path with its query. */
  readonly path: string;
  readonly headers: HttpHeaders;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly service: string;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const { path } = parts;
  const question = path.indexOf("?");
  const rawPath = question < 0 ? path : path.slice(0, question);
  const query = question < 0 ? "" : canonicalQuery(path.slice(question + 1));
  let text = `${parts.method}\n${canonicalPath(rawPath, parts.service)}\n${query}\n`;
  for (const name of parts.signedHeaders) {
    text += `${name}:${canonicalHeaderValue(headerValue(parts.headers, name) ?? "")}\n`;
  }
  return `${text}\n${parts.signedHeaders.join(";")}\n${parts.payloadHash}`;
}

export function credentialScope(date: string, region: string, service: string): string {
  return `${date}/${region}/${service}/aws4_request`;
}

export function stringToSign(amzDate: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${amzDate}\n${scope}\n${sha256Hex(canonical)}`;
}
