import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { splitUrl } from "../sigv4/sign.ts";
import { agentFor } from "./connection-agent.ts";
import { TransportError } from "./errors.ts";
import { exchange, readAnswer } from "./http-exchange.ts";

/** From the request to the head of the answer. Whoever cannot wait so long passes a signal. */
const HEAD_TIMEOUT_MILLISECONDS = 30_000;

const WHOLE_SHA256 = /^[A-Za-z0-9+/]{43}=$/;

export interface PresignedHead {
  readonly status: number;
  /** Without its quotes. */
  readonly eTag: string | undefined;
  readonly sizeBytes: number | undefined;
  /** Of the whole object, base64; only where the URL asks for it (x-amz-checksum-mode) and the store has it. */
  readonly sha256: string | undefined;
}

/** The head of what a presigned URL (for HEAD) leads to, with the headers that it was signed with. Throws a TransportError when there is no answer. */
export async function headPresigned(
  url: string,
  { signal, headers = {} }: { readonly signal: AbortSignal; readonly headers?: Readonly<Record<string, string>> },
): Promise<PresignedHead> {
  const agent = agentFor(url, undefined);
  try {
    const { host } = splitUrl(url);
    const answer = await exchange({
      method: "HEAD",
      url,
      headers: { ...headers, host },
      agent,
      signal,
      timeoutMs: HEAD_TIMEOUT_MILLISECONDS,
    });
    answer.resume();
    const length = answer.headers["content-length"];
    const checksum = String(answer.headers["x-amz-checksum-sha256"] ?? "");
    return {
      status: answer.statusCode ?? 0,
      eTag: answer.headers.etag?.replaceAll('"', ""),
      sizeBytes: length === undefined ? undefined : Number(length),
      // That of an upload in parts ends in their number, and is not a digest of the bytes.
      sha256: WHOLE_SHA256.test(checksum) ? checksum : undefined,
    };
  } finally {
    agent.destroy();
  }
}

export interface PresignedDigest {
  /** Hex. */
  readonly sha256: string;
  /** Without its quotes. */
  readonly eTag: string | undefined;
}

interface PresignedRead {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** SHA-256 of the bytes that a presigned URL (for GET) yields, of which none is kept. Throws a TransportError, also for more than `maxBytes`. */
export function digestPresigned(url: string, { maxBytes, signal }: PresignedRead): Promise<PresignedDigest> {
  return getPresigned(url, signal, async (answer, endpoint) => {
    const expected = answer.headers["content-length"];
    if (Number(expected ?? 0) > maxBytes) {
      answer.destroy();
      throw new TransportError(endpoint, `has ${expected} bytes, more than ${maxBytes}`);
    }
    const hash = createHash("sha256");
    let bytes = 0;
    const abort = () => answer.destroy();
    signal.addEventListener("abort", abort, { once: true });
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new TransportError(endpoint, `sent more than ${maxBytes} bytes`);
        hash.update(chunk);
      }
    } finally {
      signal.removeEventListener("abort", abort);
    }
    signal.throwIfAborted();
    if (expected !== undefined && bytes !== Number(expected)) throw new TransportError(endpoint, "ended too early");
    return { sha256: hash.digest("hex"), eTag: answer.headers.etag?.replaceAll('"', "") };
  });
}

/** The bytes that a presigned URL (for GET) yields. Throws a TransportError, also for more than `maxBytes`. */
export function readPresigned(url: string, { maxBytes, signal }: PresignedRead): Promise<Uint8Array> {
  return getPresigned(url, signal, (answer, endpoint) =>
    readAnswer(answer, { endpoint, maxBytes, timeoutMs: HEAD_TIMEOUT_MILLISECONDS, signal }),
  );
}

/** Hands over the answer's body while the connection lives. Throws a TransportError when the answer is not 200. */
async function getPresigned<T>(
  url: string,
  signal: AbortSignal,
  read: (answer: IncomingMessage, endpoint: string) => Promise<T>,
): Promise<T> {
  const agent = agentFor(url, undefined);
  try {
    const { protocol, host } = splitUrl(url);
    const endpoint = `${protocol}//${host}`;
    const answer = await exchange({
      method: "GET",
      url,
      headers: { host },
      agent,
      signal,
      timeoutMs: HEAD_TIMEOUT_MILLISECONDS,
    });
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw new TransportError(endpoint, `answered HTTP ${answer.statusCode}`);
    }
    return await read(answer, endpoint);
  } finally {
    agent.destroy();
  }
}
