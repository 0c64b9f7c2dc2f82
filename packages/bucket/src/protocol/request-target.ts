import { excerpt } from "@sluice/model/excerpt.ts";
import { S3Error } from "./s3-error.ts";

/** Which bucket and key a request names, and its decoded query. */
export interface RequestTarget {
  bucket?: string;
  key?: string;
  query: ReadonlyMap<string, string>;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the request line's target. `virtualBucket` is the bucket that the Host header names (`assets.localhost`), if it names one;
 * otherwise it is path style. The path is taken as sent: `..` and `//` are parts of a key.
 */
export function parseRequestTarget(target: string, virtualBucket: string | undefined): RequestTarget {
  const question = target.indexOf("?");
  const rawPath = question < 0 ? target : target.slice(0, question);
  const query = parseQuery(question < 0 ? "" : target.slice(question + 1));
  if (!rawPath.startsWith("/")) throw new S3Error("InvalidURI", "The request target must begin with a slash.");
  const path = rawPath.slice(1);
  if (virtualBucket !== undefined) return build(virtualBucket, path, query);
  const slash = path.indexOf("/");
  const bucket = slash < 0 ? path : path.slice(0, slash);
  return build(decodePercent(bucket), slash < 0 ? "" : path.slice(slash + 1), query);
}

function build(bucket: string, rawKey: string, query: ReadonlyMap<string, string>): RequestTarget {
  const key = decodePercent(rawKey);
  return { ...(bucket !== "" && { bucket }), ...(key !== "" && { key }), query };
}

function parseQuery(raw: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of raw.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodePercent((equals < 0 ? pair : pair.slice(0, equals)).replaceAll("+", " "));
    if (query.has(name)) {
      throw new S3Error("InvalidArgument", `The query gives ${excerpt(name)} more than once: give it once.`, {
        ArgumentName: name,
        ArgumentValue: query.get(name)!,
      });
    }
    query.set(name, equals < 0 ? "" : decodePercent(pair.slice(equals + 1).replaceAll("+", " ")));
  }
  return query;
}

/** Throws InvalidURI for broken escapes and for bytes that are not UTF-8: such a key could not be listed again. */
export function decodePercent(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "%") {
      bytes[length++] = text.charCodeAt(i); // off the wire every character is one byte
      continue;
    }
    const hex = text.slice(i + 1, i + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(hex))
      throw new S3Error("InvalidURI", "Couldn't parse the specified URI: broken escape.");
    bytes[length++] = Number.parseInt(hex, 16);
    i += 2;
  }
  try {
    return UTF8.decode(bytes.subarray(0, length));
  } catch (error) {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI: it is not UTF-8.", {}, { cause: error });
  }
}

/** As S3 spells keys under `encoding-type=url`: all but unreserved characters and the slash. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed())
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
