import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

const PIECE_BYTES = 256 * 1024;

/** In hex. Holds a piece of the file in memory at a time. */
export async function sha256OfFile(file: string, options: { readonly signal?: AbortSignal } = {}): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: PIECE_BYTES }), hash, options);
  return hash.digest("hex");
}
