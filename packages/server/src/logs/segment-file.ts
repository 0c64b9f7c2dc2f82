import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { namesIn } from "./folder.ts";

const READ_BYTES = 256 * 1024;
/** Uncompressed; what an older server stored may be of any size, and is read piece by piece. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;
const unzip = promisify(gunzip);

/**
 * A deployment's output is one stream of lines, cut into files: `output.ndjson` from the position 0, `output.START.ndjson` from later ones.
 * A file that gets no more lines is compressed: `output.START-END.ndjson.gz`, which `zcat` reads. Positions are those of the
 * uncompressed stream, so a cursor stays what it is.
 */
export interface Segment {
  readonly path: string;
  readonly start: number;
  /** Where its lines end; undefined while it may grow. */
  readonly end: number | undefined;
}

const NAME = /^output(?:\.(\d{1,15})(?:-(\d{1,15}))?)?\.ndjson(\.gz)?$/;

export function segmentPath(directory: string, start: number): string {
  return join(directory, start === 0 ? "output.ndjson" : `output.${start}.ndjson`);
}

export function compressedSegmentPath(directory: string, start: number, end: number): string {
  return join(directory, `output.${start}-${end}.ndjson.gz`);
}

/**
 * In the order of their positions. Where a segment and its compressed form both exist, a server ended between making the one and
 * removing the other: they say the same, and the compressed one counts.
 */
export async function listSegments(directory: string): Promise<Segment[]> {
  const byStart = new Map<number, Segment>();
  for (const name of await namesIn(directory)) {
    const match = NAME.exec(name);
    const isCompressed = match?.[3] !== undefined;
    if (!match || isCompressed !== (match[2] !== undefined)) continue;
    const start = Number(match[1] ?? 0);
    if (isCompressed || !byStart.has(start)) {
      byStart.set(start, { path: join(directory, name), start, end: isCompressed ? Number(match[2]) : undefined });
    }
  }
  return [...byStart.values()].sort((one, other) => one.start - other.start);
}

/** The bytes of a segment behind a position, uncompressed, as far as they are written. */
export async function* readSegment(segment: Segment, position: number): AsyncGenerator<Buffer> {
  const offset = position - segment.start;
  if (segment.end !== undefined && segment.end - segment.start <= MAX_WHOLE_BYTES) {
    // In one go, since every piece would wait for its turn; handed on in pieces, since a page ends after a few.
    const maxOutputLength = Math.max(segment.end - segment.start, 1);
    const lines = await unzip(await readFile(segment.path), { maxOutputLength });
    for (let from = offset; from < lines.length; from += READ_BYTES) yield lines.subarray(from, from + READ_BYTES);
    return;
  }
  const isCompressed = segment.end !== undefined;
  const file = createReadStream(segment.path, { start: isCompressed ? 0 : offset, highWaterMark: READ_BYTES });
  try {
    // A failure to read reaches whoever reads the last stream.
    if (isCompressed)
      yield* skip(
        pipeline(file, createGunzip({ chunkSize: READ_BYTES }), () => {}),
        offset,
      );
    else yield* file;
  } finally {
    file.destroy();
  }
}

async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(left - chunk.length, 0);
  }
}
