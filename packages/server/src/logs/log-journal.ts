import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { readLines } from "./line-reader.ts";
import { decodeLogLine, encodeLogLine, type LogLine } from "./log-line.ts";

/** What is kept of one event's output on one host. The agent stops at 1 Mi characters; the rest is room for its own remarks. */
export const EVENT_OUTPUT_MAX_CHARACTERS = 1024 * 1024 + 64 * 1024;
/** Pieces of one event's output, however small: four a second for seven hours. */
const EVENT_PIECES_MAX = 100_000;

/** What is stored of one event on one host. */
interface EventProgress {
  characters: number;
  pieces: number;
  /** A limit was reached and the gap is marked. */
  full: boolean;
}

/** What a journal holds already. */
class Progress {
  /** By command: a command that is offered again counts from 0 again. */
  readonly #nextSequences = new Map<string, number>();
  readonly #events = new Map<string, EventProgress>();

  /** Counts a line in; `gap` when it goes beyond the limit, `stored` when it is there already or the gap is. */
  count(line: LogLine): "new" | "gap" | "stored" {
    const name = `${line.targetId}/${line.lifecycleEvent}`;
    const event = this.#events.get(name) ?? { characters: 0, pieces: 0, full: false };
    const nextSequence = this.#nextSequences.get(line.hostCommandIdentifier) ?? 0;
    if (event.full || line.sequence < nextSequence) return "stored";
    this.#nextSequences.set(line.hostCommandIdentifier, line.sequence + 1);
    this.#events.set(name, event);
    event.characters += line.text.length;
    event.pieces += 1;
    const isBeyond = event.characters > EVENT_OUTPUT_MAX_CHARACTERS || event.pieces > EVENT_PIECES_MAX;
    event.full = isBeyond || isGap(line);
    return isBeyond ? "gap" : "new";
  }
}

/**
 * The output of one deployment: one file, lines in the order of their arrival, so that a position in it is a stable cursor across
 * all hosts. Writers that come while a write is under way share the next one.
 */
export class LogJournal {
  readonly #path: string;
  readonly #progress: Progress;
  #pending: string[] = [];
  #scheduled = false;
  #tail: Promise<void> = Promise.resolve();

  private constructor(path: string, progress: Progress) {
    this.#path = path;
    this.#progress = progress;
  }

  /** Reads what an earlier server stored, so that nothing is stored twice, and cuts off a line that a crash left unfinished. */
  static async open(path: string): Promise<LogJournal> {
    const progress = new Progress();
    let end = 0;
    for await (const block of readLines(path, 0)) {
      for (const { text } of block.lines) {
        const line = decodeLogLine(text);
        if (line) progress.count(line);
      }
      end = block.end;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "a", 0o600);
    try {
      await file.truncate(end);
    } finally {
      await file.close();
    }
    return new LogJournal(path, progress);
  }

  /** Done when the lines are in the file, those too that an earlier call brought already. */
  append(lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#accept(line);
    if (this.#pending.length > 0 && !this.#scheduled) {
      this.#scheduled = true;
      this.#tail = this.#tail.then(() => this.#writePending());
    }
    return this.#tail;
  }

  #accept(line: LogLine): void {
    const verdict = this.#progress.count(line);
    if (verdict !== "stored") this.#pending.push(encodeLogLine(verdict === "gap" ? gapAt(line) : line));
  }

  async #writePending(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#scheduled = false;
    await appendFile(this.#path, text, { mode: 0o600 });
  }
}

const GAP_TEXT = `[sluice: the rest of this event's output was not kept: the server keeps ${EVENT_OUTPUT_MAX_CHARACTERS} characters of one event]\n`;

function gapAt(line: LogLine): LogLine {
  return { ...line, stream: "agent", text: GAP_TEXT };
}

function isGap(line: LogLine): boolean {
  return line.stream === "agent" && line.text === GAP_TEXT;
}
