import { appendFile, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { readLines } from "./line-reader.ts";
import { decodeLogLine, encodeLogLine, type LogLine } from "./log-line.ts";

/** What is kept of one event's output on one host. The agent stops at 1 MiB; the rest is room for its own remarks. */
export const EVENT_OUTPUT_MAX_BYTES = 1024 * 1024 + 64 * 1024;

/** What is stored of one command. */
interface CommandProgress {
  nextSequence: number;
  bytes: number;
  /** The limit was reached and the gap is marked. */
  full: boolean;
}

/**
 * The output of one deployment: one file, lines in the order of their arrival, so that a position in it is a stable cursor across
 * all hosts. Writers that come while a write is under way share the next one.
 */
export class LogJournal {
  readonly #path: string;
  readonly #commands: Map<string, CommandProgress>;
  #pending: string[] = [];
  #scheduled = false;
  #tail: Promise<void> = Promise.resolve();

  private constructor(path: string, commands: Map<string, CommandProgress>) {
    this.#path = path;
    this.#commands = commands;
  }

  /** Reads what an earlier server stored, so that nothing is stored twice, and cuts off a line that a crash left unfinished. */
  static async open(path: string): Promise<LogJournal> {
    const commands = new Map<string, CommandProgress>();
    let end = 0;
    for await (const block of readLines(path, 0)) {
      for (const { text } of block.lines) count(commands, decodeLogLine(text));
      end = block.end;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "a", 0o600);
    try {
      await file.truncate(end);
    } finally {
      await file.close();
    }
    return new LogJournal(path, commands);
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
    const progress = this.#commands.get(line.hostCommandIdentifier);
    if (progress !== undefined && (line.sequence < progress.nextSequence || progress.full)) return;
    const kept = count(this.#commands, line) ? line : gapAt(line);
    this.#pending.push(encodeLogLine(kept));
  }

  async #writePending(): Promise<void> {
    const text = this.#pending.join("");
    this.#pending = [];
    this.#scheduled = false;
    await appendFile(this.#path, text, { mode: 0o600 });
  }
}

/** Counts a line in; false when it goes beyond the limit, and a gap is to be stored in its place. */
function count(commands: Map<string, CommandProgress>, line: LogLine): boolean {
  const progress = commands.get(line.hostCommandIdentifier) ?? { nextSequence: 0, bytes: 0, full: false };
  commands.set(line.hostCommandIdentifier, progress);
  progress.nextSequence = Math.max(progress.nextSequence, line.sequence + 1);
  progress.bytes += Buffer.byteLength(line.text);
  progress.full = progress.bytes > EVENT_OUTPUT_MAX_BYTES || isGap(line);
  return !progress.full || isGap(line);
}

const GAP_TEXT = `[sluice: the rest of this event's output was not kept: the server keeps ${EVENT_OUTPUT_MAX_BYTES} bytes of one event]\n`;

function gapAt(line: LogLine): LogLine {
  return { ...line, stream: "agent", text: GAP_TEXT };
}

function isGap(line: LogLine): boolean {
  return line.stream === "agent" && line.text === GAP_TEXT;
}
