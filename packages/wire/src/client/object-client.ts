import type { IncomingMessage } from "node:http";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { encodeComponent, sha256Hex } from "../sigv4/canonical-request.ts";
import { signRequest, splitUrl } from "../sigv4/sign.ts";
import type { ClientConnection } from "./clients.ts";
import { agentFor, type TlsTrust } from "./connection-agent.ts";
import { ServiceError, TransportError } from "./errors.ts";
import { exchange, readAnswer } from "./http-exchange.ts";
import type { CallOptions } from "./service-client.ts";

/** An upload is answered when all its bytes are in; a download's head comes at once, but the same limit serves. */
export const OBJECT_TIMEOUT_DEFAULT_MILLISECONDS = 600_000;
/** A download in which no byte came for so long is given up. */
export const MAX_DOWNLOAD_IDLE_MILLISECONDS = 60_000;
const MAX_ERROR_ANSWER_BYTES = 64 * 1024;
/** For what is not an object's bytes once the head of the answer is here. */
const ERROR_ANSWER_TIMEOUT_MILLISECONDS = 30_000;

export interface PutObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
}
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}
export interface StoredObject {
  /** Without its quotes. */
  readonly eTag: string | undefined;
  readonly versionId: string | undefined;
}
export interface ObjectStream extends StoredObject {
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
  readonly sizeBytes: number | undefined;
}

/** A minimal S3 client, path style, single PUT. Throws `ServiceError` and `TransportError` as the service clients do. */
export interface ObjectClient {
  putObject(input: PutObject, options?: CallOptions): Promise<StoredObject>;
  createBucket(bucket: string, options?: CallOptions): Promise<void>;
  getObject(input: ObjectName, options?: CallOptions): Promise<ObjectStream>;
  close(): void;
}

export function objectClient(connection: ClientConnection): ObjectClient {
  const endpoint = connection.endpoint.replace(/\/+$/, "");
  const agent = agentFor(endpoint, connection.tls);

  async function send(
    method: string,
    url: string,
    body: Uint8Array | undefined,
    headers: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<IncomingMessage> {
    const { region, credentials } = connection;
    const plain = {
      ...headers,
      ...(connection.userAgent === undefined ? {} : { "user-agent": connection.userAgent }),
      ...connection.headers,
    };
    const payloadHash = sha256Hex(body ?? "");
    const signed =
      credentials === undefined
        ? plain
        : signRequest({
            method,
            url,
            headers: plain,
            payloadHash,
            credentials,
            region,
            service: "s3",
            now: new Date(),
          });
    return exchangeOk({
      method,
      url,
      headers: body === undefined ? signed : { ...signed, "content-length": String(body.length) },
      body,
      agent,
      signal: options.signal,
      timeoutMs: options.timeoutMs ?? OBJECT_TIMEOUT_DEFAULT_MILLISECONDS,
    });
  }

  return {
    async putObject({ bucket, key, body, contentType }, options) {
      const headers = { "content-type": contentType ?? "application/octet-stream" };
      const answer = await send("PUT", objectUrl(endpoint, { bucket, key }), body, headers, options);
      await readAnswer(answer, {
        endpoint,
        maxBytes: MAX_ERROR_ANSWER_BYTES,
        timeoutMs: ERROR_ANSWER_TIMEOUT_MILLISECONDS,
        signal: options?.signal,
      });
      return storedObject(answer);
    },
    async createBucket(bucket, options) {
      const url = `${endpoint}/${encodeComponent(bucket)}`;
      (await send("PUT", url, new Uint8Array(), {}, options)).resume();
    },
    async getObject(name, options) {
      const answer = await send("GET", objectUrl(endpoint, name), undefined, {}, options);
      return { ...storedObject(answer), body: answer, sizeBytes: contentLength(answer) };
    },
    close: () => agent.destroy(),
  };
}

/** PUTs an object to a presigned URL, and sends nothing else that would have to be signed. Throws as the object client does. */
export async function uploadPresigned(
  url: string,
  body: Uint8Array,
  { tls, signal }: { readonly tls?: TlsTrust | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<StoredObject> {
  const agent = agentFor(url, tls);
  const { protocol, host } = splitUrl(url);
  try {
    const answer = await exchangeOk({
      method: "PUT",
      url,
      headers: { host, "content-type": "application/octet-stream", "content-length": String(body.length) },
      body,
      agent,
      signal,
      timeoutMs: OBJECT_TIMEOUT_DEFAULT_MILLISECONDS,
    });
    await readAnswer(answer, {
      endpoint: `${protocol}//${host}`,
      maxBytes: MAX_ERROR_ANSWER_BYTES,
      timeoutMs: ERROR_ANSWER_TIMEOUT_MILLISECONDS,
      signal,
    });
    return storedObject(answer);
  } finally {
    agent.destroy();
  }
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsTrust | undefined;
  /** How long no byte may come; {@link MAX_DOWNLOAD_IDLE_MILLISECONDS} when absent. */
  readonly idleTimeoutMs?: number | undefined;
  /** Refuse what is larger. No limit when absent. */
  readonly maxBytes?: number | undefined;
}

/**
 * Fetches a presigned URL into `destination`, which is ended, or destroyed on failure. Resolves with the number of bytes, and only when
 * all bytes that were announced have come.
 */
export async function downloadPresigned(
  url: string,
  destination: Writable,
  options: DownloadOptions = {},
): Promise<number> {
  const idleTimeoutMs = options.idleTimeoutMs ?? MAX_DOWNLOAD_IDLE_MILLISECONDS;
  const agent = agentFor(url, options.tls);
  const { protocol, host } = splitUrl(url);
  const endpoint = `${protocol}//${host}`;
  try {
    const answer = await exchangeOk({
      method: "GET",
      url,
      headers: { host },
      agent,
      signal: options.signal,
      timeoutMs: idleTimeoutMs,
    });
    answer.setTimeout(idleTimeoutMs, () => {
      answer.destroy(new TransportError(endpoint, `the download stalled: no byte for ${idleTimeoutMs} ms`));
    });
    return await receive(answer, destination, endpoint, options);
  } catch (error) {
    destination.destroy();
    if (options.signal?.aborted) throw options.signal.reason;
    throw error;
  } finally {
    agent.destroy();
  }
}

async function receive(
  answer: IncomingMessage,
  destination: Writable,
  endpoint: string,
  options: DownloadOptions,
): Promise<number> {
  const { maxBytes = Number.POSITIVE_INFINITY, signal } = options;
  const tooLarge = () =>
    new TransportError(endpoint, `the download is larger than the ${maxBytes} bytes that are allowed`);
  const announced = contentLength(answer);
  if (announced !== undefined && announced > maxBytes) {
    answer.destroy();
    throw tooLarge();
  }
  let sizeBytes = 0;
  async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      yield chunk;
    }
  }
  try {
    await pipeline(answer, counted, destination, signal === undefined ? {} : { signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    const size = announced === undefined ? "" : ` of ${announced}`;
    throw new TransportError(endpoint, `the download ended early, after ${sizeBytes}${size} bytes`, { cause: error });
  }
  return sizeBytes;
}

async function exchangeOk(call: Parameters<typeof exchange>[0]): Promise<IncomingMessage> {
  const answer = await exchange(call);
  const status = answer.statusCode ?? 0;
  if (status === 200) return answer;
  const { protocol, host } = splitUrl(call.url);
  const endpoint = `${protocol}//${host}`;
  const limits = {
    endpoint,
    maxBytes: MAX_ERROR_ANSWER_BYTES,
    timeoutMs: ERROR_ANSWER_TIMEOUT_MILLISECONDS,
    signal: call.signal,
  };
  const text = (await readAnswer(answer, limits)).toString("utf8");
  const code = element(text, "Code");
  if (code === undefined) throw new TransportError(endpoint, `answered HTTP ${status} without an S3 error`);
  throw new ServiceError(code, element(text, "Message") ?? `HTTP ${status}`, status, element(text, "RequestId"));
}

function objectUrl(endpoint: string, { bucket, key, versionId }: ObjectName): string {
  const path = [bucket, ...key.split("/")].map(encodeComponent).join("/");
  return `${endpoint}/${path}${versionId === undefined ? "" : `?versionId=${encodeComponent(versionId)}`}`;
}

function storedObject(answer: IncomingMessage): StoredObject {
  const versionId = answer.headers["x-amz-version-id"];
  return {
    eTag: answer.headers.etag?.replaceAll('"', ""),
    versionId: typeof versionId === "string" ? versionId : undefined,
  };
}

function contentLength(answer: IncomingMessage): number | undefined {
  const text = answer.headers["content-length"];
  return text === undefined ? undefined : Number(text);
}

/** One element's text from S3's small error document; an XML parser would cost an agent more than all else here. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity]!);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
