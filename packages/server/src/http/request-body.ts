import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { GrowingBuffer } from "@sluice/wire/body/growing-buffer.ts";
import { PIECES_TOO_SMALL } from "@sluice/wire/body/piece-budget.ts";
import { hasTooManyPieces } from "./body-pieces.ts";
import type { UnprovedBodies } from "./unproved-bodies.ts";

/** How long the body of a call may take; the largest, at the speed of a poor link. Whoever sends slower only holds a connection. */
export const BODY_MILLISECONDS = 60_000;
/** What is read past a refusal, so that clients which send everything before they listen hear it. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** The caller went away in the middle of its request: nobody is left to be told, and nothing is wrong here. */
export class CallerHungUp extends Error {
  constructor() {
    super("the client closed the connection before the end of the body");
    this.name = "CallerHungUp";
  }
}

export interface BodyLimits {
  readonly maximumBytes: number;
  readonly maximumMilliseconds?: number;
  /** Counts what is held until the body is closed; it may end the reading when all bodies together are too large. */
  readonly unproved?: UnprovedBodies;
}

export interface RequestBody {
  readonly bytes: Buffer;
  /** The body was proved, or refused: it is no longer counted. */
  close(): void;
}

/** The whole body of a request, or a fault when it is longer than `maximumBytes`, too slow, or in too many pieces; nothing past that is kept. */
export function readBody(
  request: IncomingMessage,
  { maximumBytes, maximumMilliseconds = BODY_MILLISECONDS, unproved }: BodyLimits,
): Promise<RequestBody> {
  const { promise, resolve, reject } = Promise.withResolvers<RequestBody>();
  const pieces = new GrowingBuffer();
  let isRefused = false;
  const refuse = (fault: CallerFault) => {
    if (isRefused) return;
    isRefused = true;
    clearTimeout(timer);
    pieces.release();
    counted?.close();
    discardRest(request);
    reject(fault);
  };
  const counted = unproved?.open(() => refuse(tooManyAtOnce()));
  const timer = setTimeout(() => refuse(tooSlow(maximumMilliseconds)), maximumMilliseconds);
  const hungUp = () => {
    clearTimeout(timer);
    pieces.release();
    counted?.close();
    reject(new CallerHungUp());
  };
  request.on("close", hungUp);
  request.on("error", hungUp);
  request.on("end", () => {
    if (hasTooManyPieces(request)) refuse(new CallerFault("SerializationException", PIECES_TOO_SMALL));
    clearTimeout(timer);
    request.off("close", hungUp);
    counted?.complete();
    resolve({ bytes: pieces.whole(), close: () => counted?.close() });
  });
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes) {
    refuse(tooLarge(maximumBytes));
    return promise;
  }
  request.on("data", (chunk: Buffer) => {
    if (isRefused) return;
    if (pieces.length + chunk.length > maximumBytes) {
      refuse(tooLarge(maximumBytes));
      return;
    }
    // Others make room before it is taken, or this one does.
    counted?.hold(pieces.heldBytesWith(chunk.length, maximumBytes));
    if (!isRefused) pieces.add(chunk, maximumBytes);
  });
  return promise;
}

/**
 * Reads on past a refusal and keeps nothing, for a while: then the connection ends, whatever its caller does. For bodies that nobody
 * will read.
 */
export function discardRest(request: IncomingMessage, maximumMilliseconds = BODY_MILLISECONDS): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  const end = () => request.socket.destroy();
  // Of a request that was answered nobody says that its connection is gone: the timer may outlive it, and keeps nothing running.
  const timer = setTimeout(end, maximumMilliseconds).unref();
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) end();
  });
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
  request.resume();
}

/** Whether {@link discardRest} comes to the end of it, as far as its caller says: where it does not, the connection ends. */
export function isDiscardedWhole(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.complete || (length !== undefined && Number(length) <= MAX_DISCARDED_BYTES) || !hasBody(request);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

function tooLarge(maximumBytes: number): CallerFault {
  return new CallerFault("RequestEntityTooLargeException", `The request's body is larger than ${maximumBytes} bytes.`);
}

function tooSlow(maximumMilliseconds: number): CallerFault {
  return new CallerFault(
    "RequestTimeoutException",
    `The request's body did not arrive within ${maximumMilliseconds / 1000} s.`,
  );
}

function tooManyAtOnce(): CallerFault {
  return new CallerFault(
    "ServiceUnavailableException",
    "The server receives too many request bodies at once, and this one was among the slowest. Send the request again.",
  );
}
