import type { Duplex } from "node:stream";
import { GatheredBytes } from "@sluice/wire/body/gathered-bytes.ts";
import { MAX_FUNCTION_ANSWER_BYTES } from "./function-faults.ts";
import { type RuntimeEvent, type RuntimeListener, traceIdOf } from "./runtime-api.ts";

/** The descriptor by which our own runtimes find it. */
export const CHANNEL_DESCRIPTOR = 3;

/**
 * What our own runtimes speak with us, over a pair of sockets that the process was born with: nobody else has its other end, so nobody is asked who
 * he is. It says what the Runtime API says, in frames: a kind, the lengths of a text and of a body as 32 bits each (little-endian), the text,
 * the body. It saves two requests of HTTP for each invocation; a runtime that somebody brings himself speaks the Runtime API.
 */
const HEAD_BYTES = 9;
const MAX_TEXT_BYTES = 4_096;

const KIND = {
  /** From the runtime: it asks for an event. */
  next: 0x4e,
  /** Text: the request id. Body: the answer. */
  response: 0x52,
  /** Text: the request id, a space, the error's type. Body: the fault. */
  error: 0x45,
  /** The same of a process that ends as soon as it knows that this was heard. */
  lastError: 0x4c,
  /** Text: the error's type. Body: the fault. The process ends as soon as it knows that this was heard. */
  initError: 0x49,
  /** To the runtime. Text: its event's headers, as JSON. Body: the payload. */
  event: 0x56,
  heard: 0x48,
} as const;

const NOTHING = Buffer.alloc(0);
/** What is smaller goes out in one piece with its head. */
const MAX_COPIED_BYTES = 64 * 1024;

/** @param onBroken what came is not what our runtimes send, so that it is the function's own doing; nothing more is read */
export function serveRuntimeChannel(socket: Duplex, listener: RuntimeListener, onBroken: () => void): void {
  let isAsking = false;
  let isLast = false;
  const hear = (): true => {
    isLast = true;
    send(socket, KIND.heard, NOTHING, NOTHING);
    return true;
  };
  const take = (kind: number, text: string, body: Buffer): boolean => {
    if (isLast) return false;
    switch (kind) {
      case KIND.next:
        if (isAsking) return false;
        isAsking = true;
        listener.onNext((event) => {
          isAsking = false;
          sendEvent(socket, event);
        });
        return true;
      case KIND.response:
        return listener.onResponse(text, { outcome: "whole", body });
      case KIND.error:
      case KIND.lastError: {
        const space = text.indexOf(" ");
        if (!listener.onError(text.slice(0, space), text.slice(space + 1), body)) return false;
        return kind === KIND.lastError ? hear() : true;
      }
      case KIND.initError:
        listener.onInitError(text, body);
        return hear();
      default:
        return false;
    }
  };
  const read = frameReader(take);
  let isBroken = false;
  socket.on("data", (chunk: Buffer) => {
    if (isBroken || read(chunk)) return;
    isBroken = true;
    socket.destroy();
    onBroken();
  });
  // The process has ended, which is heard otherwise.
  socket.on("error", () => socket.destroy());
}

/** @returns what takes bytes as they come, in any pieces; false: they are no frames of ours, or `take` does not want one */
function frameReader(take: (kind: number, text: string, body: Buffer) => boolean): (chunk: Buffer) => boolean {
  const gathered = new GatheredBytes();
  let needed = HEAD_BYTES;
  return (chunk) => {
    let rest = chunk;
    if (gathered.length > 0 || chunk.length < needed) {
      gathered.add(chunk);
      if (gathered.length < needed) return true;
      rest = gathered.take();
    }
    for (;;) {
      needed = HEAD_BYTES;
      if (rest.length < needed) break;
      const textBytes = rest.readUInt32LE(1);
      const bodyBytes = rest.readUInt32LE(5);
      if (textBytes > MAX_TEXT_BYTES || bodyBytes > MAX_FUNCTION_ANSWER_BYTES) return false;
      const bodyStart = HEAD_BYTES + textBytes;
      needed = bodyStart + bodyBytes;
      if (rest.length < needed) break;
      if (!take(rest[0]!, rest.toString("latin1", HEAD_BYTES, bodyStart), rest.subarray(bodyStart, needed)))
        return false;
      rest = rest.subarray(needed);
    }
    if (rest.length > 0) gathered.add(rest);
    return true;
  };
}

function sendEvent(socket: Duplex, event: RuntimeEvent): void {
  const { requestId, deadline, invokedFunctionArn, clientContext = null, payload } = event;
  const text = JSON.stringify([requestId, deadline, invokedFunctionArn, traceIdOf(requestId), clientContext]);
  send(socket, KIND.event, Buffer.from(text), payload);
}

function send(socket: Duplex, kind: number, text: Buffer, body: Uint8Array): void {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head[0] = kind;
  head.writeUInt32LE(text.length, 1);
  head.writeUInt32LE(body.byteLength, 5);
  if (body.byteLength <= MAX_COPIED_BYTES) {
    socket.write(Buffer.concat([head, text, body]));
    return;
  }
  socket.cork();
  socket.write(Buffer.concat([head, text]));
  socket.write(body);
  socket.uncork();
}
