import type { IncomingMessage } from "node:http";
import { EventFailure } from "../event-failure.ts";

const MAX_ERROR_BODY_BYTES = 16 * 1024;
const PRECONDITION_FAILED = 412;
/** 416: nothing is left behind what is here. */
export const NOT_RESUMED_STATUSES: ReadonlySet<number> = new Set([PRECONDITION_FAILED, 416]);
export const SERVICE_UNAVAILABLE = 503;
/** Besides 5xx: what the same request may not meet again. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, ...NOT_RESUMED_STATUSES]);

/** An answer that is not the bundle. */
export class HttpFailure extends Error {
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

export async function httpFailure(response: IncomingMessage): Promise<HttpFailure> {
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

/** All that was met, what the server says of the last of it, and the cure. */
export function downloadFailed(
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
