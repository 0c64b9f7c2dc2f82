import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { compressSegment, UNFINISHED_SUFFIX } from "./compress-segment.ts";
import { fileBytes, namesIn } from "./folder.ts";
import { splitLines } from "./line-reader.ts";
import { listSegments, readSegment, type Segment, segmentPath } from "./segment-file.ts";

/**
 * Compresses a deployment's segments: those that have `ended` because a later one began, or `all`, when nobody writes to it any more.
 * Returns by how many bytes the folder has shrunk.
 */
export async function compressSegments(
  directory: string,
  which: "all" | "ended",
  signal: AbortSignal,
): Promise<number> {
  const segments = await listSegments(directory);
  let freed = await removeUnfinished(directory);
  for (const [index, segment] of segments.entries()) {
    if (segment.end !== undefined) {
      // Its uncompressed form, when a server ended before it could remove that.
      freed += await remove(segmentPath(directory, segment.start));
      continue;
    }
    const next = segments[index + 1];
    if (next === undefined && which === "ended") continue;
    const { size } = await stat(segment.path);
    const end = next?.start ?? (await endOfLines(segment));
    if (end > segment.start) freed += size - (await compressSegment(segment, end, signal));
    else freed += await remove(segment.path);
  }
  return freed;
}

async function remove(path: string): Promise<number> {
  const bytes = await fileBytes(path);
  await rm(path, { force: true });
  return bytes;
}

/** What a server left that ended in the middle of it. */
async function removeUnfinished(directory: string): Promise<number> {
  let freed = 0;
  for (const name of await namesIn(directory)) {
    if (name.endsWith(UNFINISHED_SUFFIX)) freed += await remove(join(directory, name));
  }
  return freed;
}

/** Behind the last whole line: a crash may have left half of one. */
async function endOfLines(segment: Segment): Promise<number> {
  let end = segment.start;
  for await (const lines of splitLines(readSegment(segment, segment.start), segment.start))
    end = lines.at(-1)?.end ?? end;
  return end;
}
