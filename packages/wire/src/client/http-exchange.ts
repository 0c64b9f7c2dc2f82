import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { type SplitUrl, splitUrl } from "../sigv4/sign.ts";
import { TransportError } from "./errors.ts";
import { http, https } from "./node-http.ts";

export interface Exchange {
  readonly method: string;
  /** Absolute and percent-encoded. Sent as it is: nothing is normalised. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  readonly agent: Agent;
  readonly signal?: AbortSignal | undefined;
  /** From the first byte out to the head of the answer. */
  readonly timeoutMs: number;
}

/**
 * Sends a request and resolves with the head of the answer. A connection that the server had closed while it was idle is replaced
 * once, silently; every other failure is a {@link TransportError}, and an abort is the signal's own reason.
 */
export async function exchange(call: Exchange): Promise<IncomingMessage> {
  const target = splitUrl(call.url);
  const endpoint = `${target.protocol}//${target.host}`;
  call.signal?.throwIfAborted();
  for (let isRetry = false; ; isRetry = true) {
    try {
      return await send(call, target);
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      if (!isRetry && error instanceof StaleConnection) continue;
      const cause = error instanceof StaleConnection ? error.cause : error;
      throw new TransportError(endpoint, describe(cause), { cause });
    }
  }
}

export interface AnswerLimits {
  readonly endpoint: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Reads an answer whole, within its limits. By its events: an iterator over them takes longer than a small answer does. */
export async function readAnswer(answer: IncomingMessage, limits: AnswerLimits): Promise<Buffer> {
  const { endpoint, maxBytes, timeoutMs, signal } = limits;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => {
    answer.destroy(new Error(`the answer did not end within ${timeoutMs} ms`));
  }, timeoutMs);
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) answer.destroy(new Error(`the answer is larger than ${maxBytes} bytes`));
    else chunks.push(chunk);
  });
  answer.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  answer.once("error", reject);
  // Destroyed without an error before it had ended.
  answer.once("close", () => reject(new Error("the answer was cut off")));
  try {
    return await promise;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new TransportError(endpoint, describe(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

class StaleConnection extends Error {}

const CLOSED_CODES: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

function send(call: Exchange, target: SplitUrl): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = hostAndPort(target);
  const options = {
    method: call.method,
    host: hostname,
    port,
    path: target.path,
    headers: call.headers,
    agent: call.agent,
  };
  const request: ClientRequest = target.protocol === "https:" ? https.request(options) : http.request(options);
  endWith(request, call.signal);
  const timer = setTimeout(() => {
    request.destroy(new Error(`no answer within ${call.timeoutMs} ms`));
  }, call.timeoutMs);
  request.once("response", (answer) => {
    clearTimeout(timer);
    resolve(answer);
  });
  request.on("error", (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const isStale = request.reusedSocket && CLOSED_CODES.has(error.code ?? "");
    reject(isStale ? new StaleConnection("closed while idle", { cause: error }) : error);
  });
  request.end(call.body);
  return promise;
}

/** What an abort ends, the answer included. Node's own option for it costs a tenth of a call. */
function endWith(request: ClientRequest, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const onAbort = () => request.destroy(new Error("the call was aborted"));
  signal.addEventListener("abort", onAbort);
  request.once("close", () => signal.removeEventListener("abort", onAbort));
}

function hostAndPort(target: SplitUrl): { hostname: string; port: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(target.host);
  if (match === null) throw new TypeError(`"${target.host}" is not HOST or HOST:PORT`);
  const hostname = match[1]!.startsWith("[") ? match[1]!.slice(1, -1) : match[1]!;
  return { hostname, port: match[2] === undefined ? (target.protocol === "https:" ? 443 : 80) : Number(match[2]) };
}

/** How OpenSSL calls an answer that is none of TLS. */
const NO_TLS = /wrong version number|packet length too long|http request|record layer failure/i;

/** What went wrong, with the cure where there is one. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused. Check that the server is running.";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name cannot be resolved (${code})`;
    case "ECONNRESET":
      return `the connection was closed before an answer came (${message})`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `the server's certificate is not trusted on this machine (${message.split(";", 1)[0]}). ${NAME_AUTHORITY}`;
    case "CERT_HAS_EXPIRED":
      return "the server's certificate has expired. Renew it, and restart the server with it: --tls-cert and --tls-key";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the server's certificate is for other names (${message}). Use an address whose name is in it`;
    default:
      if (NO_TLS.test(message))
        return "the server uses plain HTTP on this port, not TLS: use http:// instead of https://";
      return message || String(error);
  }
}

const NAME_AUTHORITY =
  "Name its certificate, or the authority that signed it: AWS_CA_BUNDLE=FILE, or ca_bundle in the AWS profile (the server keeps its own in DATA/tls-certificate.pem). A host trusts it through its token: create one with sluice token create";
