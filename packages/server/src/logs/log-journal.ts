import { appendFile, mkdir, truncate } from "node:fs/promises";
import { Progress } from "./event-progress.ts";
import { splitLines } from "./line-reader.ts";
import { decodeLogLine, type LogLine } from "./log-line.ts";
import { listSegments, readSegment, type Segment, segmentPath } from "./segment-file.ts";

/** After so many bytes a new file begins. It is also all that has to be read to go on with a deployment's output. */
export const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;

export interface JournalEvents {
  /** Bytes were added to the disk. */
  readonly onWritten: (bytes: number) => void;
  /** A segment will get no more lines. */
  readonly onSegmentEnd: () => void;
}

/** Of the segment that gets the next lines. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The output of one deployment: one stream, lines in the order of their arrival, so that a position in it is a stable cursor across
 * all hosts. Writers that come while a write is under way share the next one.
 */
export class LogJournal {
  readonly #directory: string;
  readonly #progress: Progress;
  readonly #events: JournalEvents;
  #segment: Place;
  #pending: LogLine[] = [];
  #scheduled = false;
  #tail: Promise<void> = Promise.resolve();

  private constructor(directory: string, progress: Progress, segment: Place, events: JournalEvents) {
    this.#directory = directory;
    this.#progress = progress;
    this.#segment = segment;
    this.#events = events;
  }

  /** Reads the newest segment, so that nothing is stored twice, and cuts off a line that a crash left unfinished. */
  static async open(directory: string, events: JournalEvents): Promise<LogJournal> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const segments = await listSegments(directory);
    const { progress, end } = await readProgress(segments);
    const last = segments.at(-1);
    if (last === undefined || last.end !== undefined) {
      // Nothing yet, or all of it is compressed: what comes now begins a file.
      const start = last?.end ?? 0;
      return new LogJournal(directory, progress, { start, end: start }, events);
    }
    await truncate(last.path, end - last.start);
    return new LogJournal(directory, progress, { start: last.start, end }, events);
  }

  /** Done when the lines are in the file, those too that an earlier call brought already. */
  append(lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#pending.push(line);
    if (this.#pending.length > 0 && !this.#scheduled) {
      this.#scheduled = true;
      this.#tail = this.#tail.then(() => this.#writePending());
    }
    return this.#tail;
  }

  async #writePending(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    this.#scheduled = false;
    const { start, end } = this.#segment;
    const isFull = end - start >= MAX_SEGMENT_BYTES;
    const place = isFull ? { start: end, end } : this.#segment;
    const isNew = place.start > 0 && place.end === place.start;
    // Before these lines are counted: a crash may leave it on the disk without them.
    const progress = isNew ? this.#progress.encode() : "";
    const stored = lines.map((line) => this.#progress.take(line) ?? "").join("");
    if (stored === "") return;
    const bytes = Buffer.from(progress + stored);
    await appendFile(segmentPath(this.#directory, place.start), bytes, { mode: 0o600 });
    this.#segment = { start: place.start, end: place.end + bytes.length };
    this.#events.onWritten(bytes.length);
    if (isFull) this.#events.onSegmentEnd();
  }
}

/** What is stored, and where it ends: from the newest segment, or from more when a crash kept that one from saying what came before it. */
async function readProgress(
  segments: readonly Segment[],
): Promise<{ readonly progress: Progress; readonly end: number }> {
  for (let from = segments.length - 1; from >= 0; from -= 1) {
    const found = await replay(segments.slice(from));
    if (found) return found;
  }
  return { progress: new Progress(), end: 0 };
}

/** Undefined when the first of the segments does not tell what came before it. */
async function replay(
  segments: readonly Segment[],
): Promise<{ readonly progress: Progress; readonly end: number } | undefined> {
  let progress = segments[0]?.start === 0 ? new Progress() : undefined;
  let end = 0;
  for (const segment of segments) {
    end = segment.start;
    for await (const lines of splitLines(readSegment(segment, segment.start), segment.start)) {
      for (const { bytes, end: lineEnd } of lines) {
        end = lineEnd;
        const line = decodeLogLine(bytes);
        if (line) progress?.replay(line, bytes.length + 1);
        else progress ??= Progress.decode(bytes);
      }
      if (!progress) return undefined;
    }
  }
  return progress && { progress, end };
}
