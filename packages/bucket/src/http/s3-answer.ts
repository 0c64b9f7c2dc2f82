/** An S3 answer, and how it goes out on node's own response. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { OpenObject } from "../store/bucket-store.ts";
import type { ByteRange } from "../store/stored-object.ts";

export interface S3Answer {
  status: number;
  headers?: Record<string, string>;
  xml?: string;
  /** Bytes of an object, which is closed when they are out. */
  content?: { object: OpenObject; range: ByteRange };
}

/**
 * Of every answer, since the console is on the same origin: a page that somebody uploaded, and somebody else opens by a URL, runs no
 * script there and reads nothing of it, whatever type its object says that it has.
 */
const HARMLESS = { "content-security-policy": "sandbox", "x-content-type-options": "nosniff" };

/** A refused upload is read on up to here, so that clients which send everything before they listen hear the refusal. */
const MAX_DRAIN_BYTES = 64 * 1024 ** 2;
/** And no longer than this: anybody may be refused, and a connection is not to be held by it. */
const MAX_DRAIN_MILLISECONDS = 60_000;

export async function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: S3Answer): Promise<void> {
  const { content } = answer;
  try {
    response.statusCode = answer.status;
    for (const [name, value] of Object.entries({ ...answer.headers, ...HARMLESS })) response.setHeader(name, value);
    const isBodiless = answer.status === 204 || answer.status === 304;
    if (content) response.setHeader("content-length", content.range.end - content.range.start + 1);
    else if (!isBodiless && !response.hasHeader("content-length")) {
      response.setHeader("content-length", Buffer.byteLength(answer.xml ?? ""));
    }
    if (answer.xml !== undefined) response.setHeader("content-type", "application/xml");
    if (!request.complete) await drain(request, response);
    if (content && request.method !== "HEAD") {
      await pipeline(Readable.from(content.object.read(content.range), { objectMode: false }), response);
    } else {
      response.end(request.method === "HEAD" || isBodiless ? undefined : answer.xml);
    }
  } finally {
    content?.object.close();
  }
}

/** Events and not an iterator: a wait for a byte that never comes has to end with the time. */
async function drain(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DRAIN_BYTES) resolve();
  };
  const timer = setTimeout(resolve, MAX_DRAIN_MILLISECONDS);
  request.on("data", count).once("end", resolve).once("close", resolve).once("error", resolve);
  request.resume();
  if (!request.destroyed) await promise;
  clearTimeout(timer);
  request.off("data", count);
  if (!request.complete) response.setHeader("connection", "close");
}
