import { stat } from "node:fs/promises";
import { isMissing } from "./folder.ts";
import { splitLines } from "./line-reader.ts";
import { decodeLogLine, type LogLine, type LogStream } from "./log-line.ts";
import { listSegments, readSegment, type Segment } from "./segment-file.ts";

/** Of a deployment's stored output, what is read to find the ends of events: the newest, uncompressed. */
export const MAX_TAILS_READ_BYTES = 16 * 1024 * 1024;
/** Characters that are kept of the end of one event's output on one target. */
export const MAX_TAIL_CHARACTERS = 8 * 1024;
/** Segments are compressed one after the other, and as many as are read may be compressed meanwhile. */
const READ_ATTEMPTS = 10;

export interface TailLine {
  readonly stream: LogStream;
  readonly text: string;
}

/** An event on a target, as a key. */
export function tailKey({ targetId, lifecycleEvent }: Pick<LogLine, "targetId" | "lifecycleEvent">): string {
  return `${targetId}\n${lifecycleEvent}`;
}

/** The ends of what the wanted events printed, by {@link tailKey}; of those whose output is older than what is read, nothing. */
export async function readTails(directory: string, wanted: ReadonlySet<string>): Promise<Map<string, TailLine[]>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readNewest(await listSegments(directory), wanted);
    } catch (error) {
      // A segment was compressed between the listing and the reading: its other name is there now.
      if (!isMissing(error) || attempt === READ_ATTEMPTS) throw error;
    }
  }
}

async function readNewest(segments: readonly Segment[], wanted: ReadonlySet<string>): Promise<Map<string, TailLine[]>> {
  const last = segments.at(-1);
  const end = last === undefined ? 0 : (last.end ?? last.start + (await stat(last.path)).size);
  const from = Math.max(end - MAX_TAILS_READ_BYTES, 0);
  const tails = new Map<string, Tail>();
  for (const [index, segment] of segments.entries()) {
    if ((segments[index + 1]?.start ?? end) <= from) continue;
    // Where it is read from its middle, what is left of a line there is none.
    const start = Math.max(from, segment.start);
    for await (const block of splitLines(readSegment(segment, start), start)) {
      for (const { bytes } of block) {
        const line = decodeLogLine(bytes);
        if (line === null || !wanted.has(tailKey(line))) continue;
        const key = tailKey(line);
        const tail = tails.get(key);
        if (tail?.command === line.hostCommandIdentifier) tail.add(line);
        else tails.set(key, new Tail(line));
      }
    }
  }
  return new Map([...tails].map(([key, tail]) => [key, tail.lines()]));
}

/** The last pieces that one run of an event printed: a later run of it counts alone. */
class Tail {
  readonly command: string;
  #pieces: LogLine[] = [];
  #characters = 0;

  constructor(first: LogLine) {
    this.command = first.hostCommandIdentifier;
    this.add(first);
  }

  add(piece: LogLine): void {
    this.#pieces.push(piece);
    this.#characters += piece.text.length;
    while (this.#characters - this.#pieces[0]!.text.length >= MAX_TAIL_CHARACTERS) {
      this.#characters -= this.#pieces.shift()!.text.length;
    }
  }

  /** Pieces of one stream follow each other; a line stands where it ended. */
  lines(): TailLine[] {
    const lines: TailLine[] = [];
    const begun = new Map<LogStream, string>();
    for (const { stream, text } of this.#pieces) {
      const parts = `${begun.get(stream) ?? ""}${text}`.split("\n");
      begun.set(stream, parts.pop() ?? "");
      for (const part of parts) lines.push({ stream, text: part });
    }
    for (const [stream, text] of begun) if (text !== "") lines.push({ stream, text });
    return lines;
  }
}
