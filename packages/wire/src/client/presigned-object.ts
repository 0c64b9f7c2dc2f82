import { splitUrl } from "../sigv4/sign.ts";
import { agentFor } from "./connection-agent.ts";
import { TransportError } from "./errors.ts";
import { exchange, readAnswer } from "./http-exchange.ts";

/** From the request to the head of the answer. Whoever cannot wait so long passes a signal. */
const HEAD_TIMEOUT_MS = 30_000;

export interface PresignedHead {
  readonly status: number;
  /** Without its quotes. */
  readonly eTag: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** The head of what a presigned URL (for HEAD) leads to. Throws a TransportError when there is no answer. */
export async function headPresigned(url: string, { signal }: { readonly signal: AbortSignal }): Promise<PresignedHead> {
  const agent = agentFor(url, undefined);
  try {
    const { host } = splitUrl(url);
    const answer = await exchange({
      method: "HEAD",
      url,
      headers: { host },
      agent,
      signal,
      timeoutMs: HEAD_TIMEOUT_MS,
    });
    answer.resume();
    const length = answer.headers["content-length"];
    return {
      status: answer.statusCode ?? 0,
      eTag: answer.headers.etag?.replaceAll('"', ""),
      sizeBytes: length === undefined ? undefined : Number(length),
    };
  } finally {
    agent.destroy();
  }
}

/** The bytes that a presigned URL (for GET) yields. Throws a TransportError, also for more than `maxBytes`. */
export async function readPresigned(
  url: string,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const agent = agentFor(url, undefined);
  try {
    const { protocol, host } = splitUrl(url);
    const endpoint = `${protocol}//${host}`;
    const answer = await exchange({ method: "GET", url, headers: { host }, agent, signal, timeoutMs: HEAD_TIMEOUT_MS });
    if (answer.statusCode !== 200) {
      answer.destroy();
      throw new TransportError(endpoint, `answered HTTP ${answer.statusCode}`);
    }
    return await readAnswer(answer, { endpoint, maxBytes, timeoutMs: HEAD_TIMEOUT_MS, signal });
  } finally {
    agent.destroy();
  }
}
