import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import type { TarReader } from "./tar-reader.ts";

/** How much of a bundle's unpacked bytes is gone through. */
export const MAX_BUNDLE_UNPACKED_BYTES = 512 * 1024 * 1024;
/** After so many bytes of a tar the server's only thread is free for others. */
const PIECE_BYTES = 256 * 1024;
const GZIP_MAGIC = 0x1f8b;

/** A bundle that is not gone through to its end; the message says why, as a clause. */
export class TooLarge extends Error {}

/** Gives a tar, compressed or not, to its reader, piece by piece. Rejects when it is no tar, with {@link TooLarge}, or when `signal` aborts. */
export async function feedTar(
  bundle: Uint8Array,
  reader: TarReader,
  signal: AbortSignal,
  maxUnpackedBytes = MAX_BUNDLE_UNPACKED_BYTES,
): Promise<void> {
  let unpackedBytes = 0;
  async function feed(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      unpackedBytes += chunk.length;
      if (unpackedBytes > maxUnpackedBytes) {
        throw new TooLarge(`unpacked it has more than ${maxUnpackedBytes} bytes`);
      }
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        reader.write(chunk.subarray(at, at + PIECE_BYTES));
        await nextTurn();
        signal.throwIfAborted();
      }
    }
    reader.end();
  }
  const buffer = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const source = Readable.from([buffer]);
  const isGzipped = buffer.length >= 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  if (isGzipped) await pipeline(source, createGunzip(), feed, { signal });
  else await pipeline(source, feed, { signal });
}
