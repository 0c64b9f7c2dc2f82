import { rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { requireRoom } from "../room-on-disk.ts";
import { arrivingChunks } from "./arriving-chunks.ts";
import type { DownloadOptions, DownloadRequest } from "./download-request.ts";
import { follow, NOT_MODIFIED } from "./follow-redirects.ts";
import { downloadFailed, HttpFailure, NOT_RESUMED_STATUSES, SERVICE_UNAVAILABLE } from "./http-failure.ts";
import {
  append,
  beginWith,
  md5In,
  nothingYet,
  type PartialDownload,
  resumedFrom,
  startOver,
  tooLarge,
} from "./partial-download.ts";

export type Downloaded =
  | { readonly isUnchanged: false; readonly etag: string | undefined; readonly bytes: number; readonly sha256: string }
  /** What is at hand is what would have been downloaded. */
  | { readonly isUnchanged: true };

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
  const partial = nothingYet();
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

async function downloadOnce(
  request: DownloadRequest,
  file: string,
  partial: PartialDownload,
  options: DownloadOptions,
): Promise<Downloaded> {
  const resumed = resumedFrom(partial);
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
  const chunks = arrivingChunks(response);
  beginWith(response, partial, { resumed, isDigestKnown: options.isDigestKnown ?? false });
  const { etag } = response.headers;
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

/** A fault of this host or of the bundle itself, which trying again does not change. */
function isLocal(error: unknown): boolean {
  if (error instanceof EventFailure) return true;
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall === "open" || syscall === "write" || syscall === "fsync" || errorCodeOf(error) === "ENOSPC";
}
