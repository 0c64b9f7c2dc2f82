import { LINE_FEED, splitLines } from "./line-reader.ts";
import { decodeLogLine, type LogLine, storedLineMark } from "./log-line.ts";
import { listSegments, readSegment, type Segment } from "./segment-file.ts";

/** Lines in one answer, and bytes of their text after which an answer is complete. */
export const MAX_READ_LINES = 1000;
export const MAX_READ_TEXT_BYTES = 1024 * 1024;
/** Where a line says whose it is: behind its command's identifier. */
const LINE_MARK_WITHIN_BYTES = 1024;

const CURSOR = /^(\d{1,15})$/;

export interface LogFilter {
  readonly targetId?: string | undefined;
  readonly lifecycleEvent?: string | undefined;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins. */
  readonly cursor: string;
  /** Nothing more was stored when the page was read. */
  readonly atEnd: boolean;
}

/** The cursor is not one that this deployment's log gave. */
export class LogCursorError extends Error {
  override readonly name = "LogCursorError";

  constructor() {
    super("the cursor is not one that this deployment's log gave: leave it out to start from the beginning");
  }
}

/** What a directory's segments hold behind the cursor. Throws {@link LogCursorError}. */
export async function readPage(directory: string, cursor: string | undefined, filter: LogFilter): Promise<LogPage> {
  try {
    return await readSegments(await listSegments(directory), cursor, filter);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    // A segment was compressed between the listing and the reading: its other name is there now.
    return readSegments(await listSegments(directory), cursor, filter);
  }
}

async function readSegments(
  segments: readonly Segment[],
  cursor: string | undefined,
  filter: LogFilter,
): Promise<LogPage> {
  let end = readCursor(segments, cursor);
  const mark = storedLineMark(filter.targetId, filter.lifecycleEvent);
  const lines: LogLine[] = [];
  let bytes = 0;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (next !== undefined && next.start <= end) continue;
    const from = Math.max(end, segment.start);
    for await (const block of splitLines(readFrom(segment, from, cursor), from)) {
      for (const { bytes: stored, end: lineEnd } of block) {
        end = lineEnd;
        if (mark && !stored.subarray(0, LINE_MARK_WITHIN_BYTES).includes(mark)) continue;
        const line = decodeLogLine(stored);
        if (!line || !isWanted(line, filter)) continue;
        lines.push(line);
        bytes += Buffer.byteLength(line.text);
        if (lines.length >= MAX_READ_LINES || bytes >= MAX_READ_TEXT_BYTES) {
          return { lines, cursor: writeCursor(end), atEnd: false };
        }
      }
    }
  }
  return { lines, cursor: writeCursor(end), atEnd: true };
}

function isWanted(line: LogLine, { targetId, lifecycleEvent }: LogFilter): boolean {
  return (
    (targetId === undefined || line.targetId === targetId) &&
    (lifecycleEvent === undefined || line.lifecycleEvent === lifecycleEvent)
  );
}

function writeCursor(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}

function readCursor(segments: readonly Segment[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const match = CURSOR.exec(Buffer.from(cursor, "base64url").toString("latin1"));
  const position = match ? Number(match[1]) : Number.NaN;
  if (position === 0 || segments.some(({ start }) => start <= position)) return position;
  throw new LogCursorError();
}

/** Reads on from a position at which a line begins: at the start of a segment, and behind every line feed. */
async function* readFrom(segment: Segment, position: number, cursor: string | undefined): AsyncGenerator<Buffer> {
  if (position === segment.start || cursor === undefined) return yield* readSegment(segment, position);
  // With the byte before it, so that the position is proved without reading twice.
  let isProved = false;
  for await (const bytes of readSegment(segment, position - 1)) {
    if (isProved) yield bytes;
    else if (bytes[0] !== LINE_FEED) break;
    else if (bytes.length > 1) yield bytes.subarray(1);
    isProved = true;
  }
  if (!isProved) throw new LogCursorError();
}
