import { createHash, type Hash } from "node:crypto";
import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { proxyOptions } from "@sluice/wire/client/connection-agent.ts";
import type { ForwardProxy } from "@sluice/wire/client/forward-proxy.ts";
import { http, https } from "@sluice/wire/client/node-http.ts";
import { trustSystemAuthorities } from "@sluice/wire/client/system-authorities.ts";
import { splitUrl } from "@sluice/wire/sigv4/sign.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { checkReachable, guardedLookup } from "./reachable-address.ts";
import { requireRoom } from "./room-on-disk.ts";

export interface DownloadRequest {
  /** As it was signed: a path's `..` and percent-encoding stay as they are, since S3 keys may hold them. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How the first origin's certificate is judged; a redirect to another origin is judged by the system's store. */
  readonly tls?: RequestOptions | undefined;
  /** What is downloaded, for messages: never with a query, which may hold a signature. */
  readonly label: string;
}

export interface DownloadOptions {
  readonly maxBytes: number;
  readonly idleMilliseconds: number;
  /** The ETag of what is at hand already: when it is still so, nothing is downloaded. */
  readonly heldEtag?: string | undefined;
  /** The caller compares the SHA-256. Else an ETag that is an MD5 is held against what came. */
  readonly isDigestKnown?: boolean;
  /** Waits before each repeated try. */
  readonly retryDelays: readonly number[];
  /** Beyond those: while there is no answer, or none but that the service is unavailable, so often and for so long. In milliseconds. */
  readonly awayEvery?: number;
  readonly awayAtMost?: number;
  readonly signal: AbortSignal;
  /** Origins that may be anywhere. All others, also those of redirects, may not be on this machine or on its link. */
  readonly trustedOrigins: ReadonlySet<string>;
  readonly proxyOf?: (url: string) => ForwardProxy | undefined;
  /** Gets each new reason for which a try failed, in words, and when the next try is. */
  readonly onRetry?: (reason: string, delayMilliseconds: number) => void;
}

export type Downloaded =
  | { readonly isUnchanged: false; readonly etag: string | undefined; readonly bytes: number; readonly sha256: string }
  /** What is at hand is what would have been downloaded. */
  | { readonly isUnchanged: true };

const MAX_REDIRECTS = 5;
const MAX_ERROR_BODY_BYTES = 16 * 1024;
/** Of a download that comes faster than the disk takes it. */
const MAX_WAITING_BYTES = 1024 * 1024;
const PARTIAL_CONTENT = 206;
const NOT_MODIFIED = 304;
const PRECONDITION_FAILED = 412;
/** 416: nothing is left behind what is here. */
const NOT_RESUMED_STATUSES: ReadonlySet<number> = new Set([PRECONDITION_FAILED, 416]);
const MD5_ETAG = /^"([0-9a-f]{32})"$/;
const CUSTOMER_KEY = "x-amz-server-side-encryption-customer-algorithm";
const SERVICE_UNAVAILABLE = 503;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Besides 5xx: what the same request may not meet again. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, ...NOT_RESUMED_STATUSES]);
/** Never sent to another origin than the one that they are meant for. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "x-amz-security-token"]);
const USER_AGENT = "sluice-agent";

/**
 * Downloads to a file, which is left for the caller to flush. A request is made anew for every try, since a signature ages.
 * @throws EventFailure naming what was downloaded, every status met, and the server's own reason
 */
export async function download(
  makeRequest: () => DownloadRequest | Promise<DownloadRequest>,
  file: string,
  options: DownloadOptions,
): Promise<Downloaded> {
  const met: string[] = [];
  const partial: Partial = { bytes: 0, hash: createHash("sha256"), md5: undefined, etag: undefined };
  rmSync(file, { force: true });
  const { awayEvery = 0, awayAtMost = 0 } = options;
  const beganAt = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const request = await makeRequest();
    try {
      return await downloadOnce(request, file, partial, options);
    } catch (error) {
      if (options.signal.aborted || isLocal(error)) throw error;
      const failure = error instanceof HttpFailure ? error : undefined;
      const words = failure ? failure.words : reasonOf(error);
      // Of an absence of minutes the same is met again and again.
      const isNews = met.at(-1) !== words || attempt <= options.retryDelays.length;
      if (isNews) met.push(words);
      const isAway = failure === undefined || failure.status === SERVICE_UNAVAILABLE;
      const isWaitedOut = isAway && performance.now() - beganAt < awayAtMost;
      const delay = options.retryDelays[attempt] ?? (isWaitedOut ? awayEvery : undefined);
      const isFinal = delay === undefined || (failure !== undefined && !failure.isTransient);
      if (isFinal) throw downloadFailed(request.label, met, attempt, failure, error);
      if (isNews) options.onRetry?.(words, delay);
      await wait(delay, undefined, { signal: options.signal });
    }
  }
}

/** What earlier tries have written to the file: it can go on from there while the source has the same under that ETag. */
interface Partial {
  bytes: number;
  hash: Hash;
  /** Where the ETag is one, and nothing better is known. */
  md5: Hash | undefined;
  /** A strong one. */
  etag: string | undefined;
}

async function downloadOnce(
  request: DownloadRequest,
  file: string,
  partial: Partial,
  options: DownloadOptions,
): Promise<Downloaded> {
  const resumed =
    partial.etag !== undefined && partial.bytes > 0 ? { from: partial.bytes, etag: partial.etag } : undefined;
  let response: IncomingMessage;
  try {
    response = await follow(request, resumed, options);
  } catch (error) {
    // It has another by now, or cannot go on in the middle: the next try begins anew.
    if (error instanceof HttpFailure && NOT_RESUMED_STATUSES.has(error.status)) startOver(partial);
    throw error;
  }
  if (response.statusCode === NOT_MODIFIED) {
    response.resume();
    return { isUnchanged: true };
  }
  // At once: what has arrived when the connection breaks is then not lost with it.
  const chunks = chunksOf(response);
  const { etag } = response.headers;
  if (resumed === undefined || !isContinuation(response, resumed)) {
    startOver(partial);
    if (etag !== undefined && !etag.startsWith("W/")) partial.etag = etag;
    if (!options.isDigestKnown && md5In(response) !== undefined) partial.md5 = createHash("md5");
  }
  const declared = response.headers["content-length"];
  const expected = declared === undefined ? undefined : partial.bytes + Number(declared);
  if (expected !== undefined && expected > options.maxBytes) {
    response.destroy();
    throw tooLarge(request.label, options.maxBytes);
  }
  if (expected !== undefined) {
    try {
      requireRoom(`The bundle at '${request.label}'`, expected - partial.bytes, dirname(file));
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
  await append(chunks, file, partial, request.label, options);
  if (expected !== undefined && partial.bytes !== expected) {
    throw new Error(`the connection ended after ${partial.bytes} of ${expected} bytes`);
  }
  if (partial.md5 !== undefined && partial.md5.digest("hex") !== md5In(response)) {
    startOver(partial);
    throw new Error(`what came is not what its ETag ${etag} says: something on the way changes the data`);
  }
  return { isUnchanged: false, etag, bytes: partial.bytes, sha256: partial.hash.digest("hex") };
}

/** Only what is in the file is counted, so that the next try can go on behind it. */
async function append(
  chunks: AsyncIterable<Buffer>,
  file: string,
  partial: Partial,
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

/** What arrives, in its order, and only then how it ended: a stream that is read in turns forgets what it holds when it breaks. */
function chunksOf(response: IncomingMessage): AsyncIterable<Buffer> {
  const arrived: Buffer[] = [];
  let waiting = 0;
  let problem: Error | undefined;
  let isOver = false;
  let wake = () => {};
  response.on("data", (chunk: Buffer) => {
    arrived.push(chunk);
    waiting += chunk.length;
    if (waiting > MAX_WAITING_BYTES) response.pause();
    wake();
  });
  response.once("error", (error) => {
    problem = error;
    wake();
  });
  for (const event of ["end", "close"]) {
    response.once(event, () => {
      isOver = true;
      wake();
    });
  }
  return (async function* () {
    try {
      for (;;) {
        const chunk = arrived.shift();
        if (chunk !== undefined) {
          waiting -= chunk.length;
          if (waiting === 0) response.resume();
          yield chunk;
        } else if (problem !== undefined) throw problem;
        else if (isOver) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      response.destroy();
    }
  })();
}

function startOver(partial: Partial): void {
  partial.bytes = 0;
  partial.hash = createHash("sha256");
  partial.md5 = undefined;
  partial.etag = undefined;
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
function md5In({ headers }: IncomingMessage): string | undefined {
  const encryption = headers["x-amz-server-side-encryption"];
  if ((encryption !== undefined && encryption !== "AES256") || CUSTOMER_KEY in headers) return undefined;
  if (!("x-amz-request-id" in headers)) return undefined;
  return MD5_ETAG.exec(headers.etag ?? "")?.[1];
}

interface Resumed {
  readonly from: number;
  readonly etag: string;
}

async function follow(
  request: DownloadRequest,
  resumed: Resumed | undefined,
  options: DownloadOptions,
): Promise<IncomingMessage> {
  let { url, tls } = request;
  // Outside of the signature, which need not know of them.
  const range = resumed === undefined ? {} : { range: `bytes=${resumed.from}-`, "if-match": resumed.etag };
  let headers: Readonly<Record<string, string>> = { ...request.headers, ...range };
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get({ url, headers, tls, label: request.label }, options);
    const status = response.statusCode ?? 0;
    if (status === 200 || (status === PARTIAL_CONTENT && resumed !== undefined)) return response;
    if (status === NOT_MODIFIED && options.heldEtag !== undefined) return response;
    const { location } = response.headers;
    if (!REDIRECT_STATUSES.has(status) || location === undefined) throw await httpFailure(response);
    response.destroy();
    const next = new URL(location, url);
    const current = new URL(url);
    if (next.protocol !== "http:" && next.protocol !== "https:") {
      throw new EventFailure(`${request.label} redirects to ${next.protocol}, which was refused.`);
    }
    if (next.origin !== current.origin) {
      if (current.protocol === "https:" && next.protocol !== "https:") {
        throw new EventFailure(
          `${request.label} redirects from https to ${next.protocol}//${next.host}, which was refused.`,
        );
      }
      headers = Object.fromEntries(
        Object.entries(headers).filter(([name]) => !PRIVATE_HEADERS.has(name.toLowerCase())),
      );
      tls = undefined;
    }
    url = next.href;
  }
  throw new EventFailure(`${request.label} redirects more than ${MAX_REDIRECTS} times.`);
}

async function get(
  { url, headers, tls, label }: DownloadRequest,
  { heldEtag, idleMilliseconds, signal, trustedOrigins, proxyOf }: DownloadOptions,
): Promise<IncomingMessage> {
  const { protocol, hostname, port, origin } = new URL(url);
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const proxy = proxyOf?.(url);
  const isTrusted = trustedOrigins.has(origin);
  if (proxy && !isTrusted) await checkReachable(host, label);
  if (isTls && tls === undefined) trustSystemAuthorities();
  const options: RequestOptions = {
    hostname: host,
    ...(isTrusted || proxy ? {} : { lookup: guardedLookup(host, label) }),
    ...(proxy
      ? { agent: isTls ? new https.Agent(proxyOptions(proxy.url)) : new http.Agent(proxyOptions(proxy.url)) }
      : {}),
    port: port === "" ? undefined : port,
    path: splitUrl(url).path,
    headers: { "user-agent": USER_AGENT, ...headers, ...(heldEtag === undefined ? {} : { "if-none-match": heldEtag }) },
    timeout: idleMilliseconds,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = isTls ? https.request({ ...options, ...tls }, resolve) : http.request(options, resolve);
    request.once("error", reject);
    request.once("timeout", () => {
      request.destroy(new Error(`no data arrived for ${idleMilliseconds / 1000} s`));
    });
    request.end();
  });
}

class HttpFailure extends Error {
  readonly status: number;
  readonly words: string;
  readonly reason: string;

  constructor(status: number, words: string, reason: string) {
    super(words);
    this.status = status;
    this.words = words;
    this.reason = reason;
  }

  get isTransient(): boolean {
    return this.status >= 500 || TRANSIENT_STATUSES.has(this.status);
  }
}

async function httpFailure(response: IncomingMessage): Promise<HttpFailure> {
  const status = response.statusCode ?? 0;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ERROR_BODY_BYTES) break;
    }
  } catch {
    // The status alone will do.
  }
  const body = Buffer.concat(chunks).toString("utf8");
  const code = /<Code>([^<]*)<\/Code>/.exec(body)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(body)?.[1] ?? /"message"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  const reason = [code, message].filter((part) => part !== undefined).join(": ");
  return new HttpFailure(status, `${status} '${response.statusMessage ?? ""}'`, reason);
}

function downloadFailed(
  label: string,
  met: readonly string[],
  retries: number,
  failure: HttpFailure | undefined,
  cause: unknown,
): EventFailure {
  const reason = failure?.reason ? ` The server says: ${failure.reason}.` : "";
  const what = failure ? "Server returned codes" : "What went wrong";
  return new EventFailure(
    `Could not download bundle at '${label}' after ${retries} retries. ${what}: ${met.join("; ")}.${reason}` +
      cureFor(failure?.status),
    { cause },
  );
}

function cureFor(status: number | undefined): string {
  switch (status) {
    case 401:
    case 403:
      return " Check that the credentials (or the token) can read this revision, and that this host's clock is correct.";
    case 404:
      return " Check that the revision still exists under this name.";
    case undefined:
      return " Check that this host can connect to that server (address, firewall, proxy, certificate).";
    default:
      return "";
  }
}

function tooLarge(label: string, maxBytes: number): EventFailure {
  return new EventFailure(`The bundle at '${label}' was refused: it is larger than ${maxBytes} bytes. Split it.`);
}

/** A fault of this host or of the bundle itself, which trying again does not change. */
function isLocal(error: unknown): boolean {
  if (error instanceof EventFailure) return true;
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === "open" || syscall === "write" || syscall === "fsync" || errorCodeOf(error) === "ENOSPC";
}
