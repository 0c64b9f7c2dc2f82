import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { EventFailure } from "../event-failure.ts";
import type { DownloadOptions } from "./download-request.ts";

const PARTIAL_CONTENT = 206;
const MD5_ETAG = /^"([0-9a-f]{32})"$/;
const CUSTOMER_KEY = "x-amz-server-side-encryption-customer-algorithm";

/** What earlier tries have written to the file: it can go on from there while the source has the same under that ETag. */
export interface PartialDownload {
  bytes: number;
  hash: Hash;
  /** Where the ETag is one, and nothing better is known. */
  md5: Hash | undefined;
  /** A strong one. */
  etag: string | undefined;
}

/** Where a try goes on: the source has to have the same still. */
export interface Resumed {
  readonly from: number;
  readonly etag: string;
}

export function nothingYet(): PartialDownload {
  return { bytes: 0, hash: createHash("sha256"), md5: undefined, etag: undefined };
}

export function resumedFrom({ bytes, etag }: PartialDownload): Resumed | undefined {
  return etag !== undefined && bytes > 0 ? { from: bytes, etag } : undefined;
}

export function startOver(partial: PartialDownload): void {
  Object.assign(partial, nothingYet());
}

/** What a response begins: it goes on behind what is here, or all of it comes anew. */
export function beginWith(
  response: IncomingMessage,
  partial: PartialDownload,
  { resumed, isDigestKnown }: { readonly resumed: Resumed | undefined; readonly isDigestKnown: boolean },
): void {
  if (resumed !== undefined && isContinuation(response, resumed)) return;
  startOver(partial);
  const { etag } = response.headers;
  if (etag !== undefined && !etag.startsWith("W/")) partial.etag = etag;
  if (!isDigestKnown && md5In(response) !== undefined) partial.md5 = createHash("md5");
}

/** Only what is in the file is counted, so that the next try can go on behind it. */
export async function append(
  chunks: AsyncIterable<Buffer>,
  file: string,
  partial: PartialDownload,
  label: string,
  { maxBytes, signal }: DownloadOptions,
): Promise<void> {
  const target = await open(file, partial.bytes === 0 ? "w" : "r+", 0o600);
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      if (partial.bytes + chunk.length > maxBytes) throw tooLarge(label, maxBytes);
      for (let offset = 0; offset < chunk.length; ) {
        const { bytesWritten } = await target.write(chunk, offset, chunk.length - offset, partial.bytes + offset);
        offset += bytesWritten;
      }
      partial.bytes += chunk.length;
      partial.hash.update(chunk);
      partial.md5?.update(chunk);
    }
  } finally {
    await target.close();
  }
}

/** A source that does not know ranges, or has another by now, sends all of it. */
function isContinuation({ statusCode, headers }: IncomingMessage, { from, etag }: Resumed): boolean {
  return (
    statusCode === PARTIAL_CONTENT &&
    headers.etag === etag &&
    headers["content-range"]?.startsWith(`bytes ${from}-`) === true
  );
}

/** The ETag of an object that was stored in one piece is its MD5, unless a key of somebody's encrypts it. */
export function md5In({ headers }: IncomingMessage): string | undefined {
  const encryption = headers["x-amz-server-side-encryption"];
  if ((encryption !== undefined && encryption !== "AES256") || CUSTOMER_KEY in headers) return undefined;
  if (!("x-amz-request-id" in headers)) return undefined;
  return MD5_ETAG.exec(headers.etag ?? "")?.[1];
}

export function tooLarge(label: string, maxBytes: number): EventFailure {
  return new EventFailure(`The bundle at '${label}' was refused: it is larger than ${maxBytes} bytes. Split it.`);
}
