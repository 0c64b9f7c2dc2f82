import type { IncomingMessage } from "node:http";
import { GatheredBytes } from "@sluice/wire/body/gathered-bytes.ts";

/** What a function may be sent through a target group, AWS's limit. */
export const MAX_FUNCTION_REQUEST_BYTES = 1024 * 1024;
/** In memory at a time of bodies that are still arriving, over all target groups. */
export const MAX_ARRIVING_BYTES = 64 * 1024 * 1024;

export class BodyTooLarge extends Error {}
export class NoRoom extends Error {}

/** Counts what is held of all of them. */
export interface BodyRoom {
  bytes: number;
}

/** Throws {@link BodyTooLarge} and {@link NoRoom} as soon as it is known; rejects when the client breaks off. */
export async function readBody(request: IncomingMessage, room: BodyRoom): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_FUNCTION_REQUEST_BYTES) throw new BodyTooLarge();
  const gathered = new GatheredBytes();
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      room.bytes += piece.length;
      if (bytes > MAX_FUNCTION_REQUEST_BYTES) throw new BodyTooLarge();
      if (room.bytes > MAX_ARRIVING_BYTES) throw new NoRoom();
      gathered.add(piece);
    }
    return gathered.take();
  } finally {
    room.bytes -= bytes;
  }
}
