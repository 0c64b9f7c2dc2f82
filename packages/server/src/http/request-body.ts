import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";

/** How long the body of a call may take; the largest, at the speed of a poor link. Whoever sends slower only holds a connection. */
export const BODY_MILLISECONDS = 60_000;

/** The caller went away in the middle of its request: nobody is left to be told, and nothing is wrong here. */
export class CallerHungUp extends Error {
  constructor() {
    super("the caller hung up in the middle of the body");
    this.name = "CallerHungUp";
  }
}

/** The whole body of a request, or a fault when it is longer than `maximumBytes` or too slow; nothing past that is kept. */
export function readBody(
  request: IncomingMessage,
  maximumBytes: number,
  maximumMilliseconds = BODY_MILLISECONDS,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isRefused = false;
    const refuse = (fault: CallerFault) => {
      isRefused = true;
      chunks.length = 0;
      request.resume();
      reject(fault);
    };
    const timer = setTimeout(() => {
      // Refused already, and still sending.
      if (isRefused) request.destroy();
      else refuse(tooSlow(maximumMilliseconds));
    }, maximumMilliseconds);
    request.on("close", () => {
      clearTimeout(timer);
      reject(new CallerHungUp());
    });
    request.on("error", () => reject(new CallerHungUp()));
    request.on("end", () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, isRefused ? 0 : length));
    });
    if (Number(request.headers["content-length"] ?? 0) > maximumBytes) {
      refuse(tooLarge(maximumBytes));
      return;
    }
    request.on("data", (chunk: Buffer) => {
      if (isRefused) return;
      length += chunk.length;
      if (length > maximumBytes) refuse(tooLarge(maximumBytes));
      else chunks.push(chunk);
    });
  });
}

function tooLarge(maximumBytes: number): CallerFault {
  return new CallerFault("RequestEntityTooLargeException", `The request's body is larger than ${maximumBytes} bytes.`);
}

function tooSlow(maximumMilliseconds: number): CallerFault {
  return new CallerFault(
    "RequestTimeoutException",
    `The request's body was not here within ${maximumMilliseconds / 1000} s.`,
  );
}
