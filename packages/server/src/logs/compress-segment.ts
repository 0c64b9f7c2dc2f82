import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { compressedSegmentPath, type Segment } from "./segment-file.ts";

/** Of a compressed segment that is being made; what a crash leaves of it is never read, and is overwritten. */
export const UNFINISHED_SUFFIX = ".unfinished";

/**
 * Puts a compressed segment in the place of one that gets no more lines. The lines are readable at every moment, and on the disk in one
 * form before the other goes. Zlib and the disk work beside the event loop, a piece at a time. Returns its bytes.
 */
export async function compressSegment(segment: Segment, end: number, signal: AbortSignal): Promise<number> {
  const directory = dirname(segment.path);
  const path = compressedSegmentPath(directory, segment.start, end);
  const unfinished = `${path}${UNFINISHED_SUFFIX}`;
  try {
    const source = createReadStream(segment.path, { end: end - segment.start - 1 });
    await pipeline(source, createGzip(), createWriteStream(unfinished, { mode: 0o600, flush: true }), { signal });
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, path);
  await syncDirectory(directory);
  await rm(segment.path, { force: true });
  return (await stat(path)).size;
}

async function syncDirectory(directory: string): Promise<void> {
  const file = await open(directory, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
