import { encodeLogLine, type LogLine } from "./log-line.ts";

/**
 * Bytes that are kept of one event's output on one host, as they are stored. An agent sends at most 1 MiB of text; the rest is room for
 * escapes, and for an hour's worth of small pieces.
 */
export const MAX_EVENT_OUTPUT_BYTES = 8 * 1024 * 1024;

const GAP_TEXT = `[sluice: the rest of this event's output was not kept: the server keeps ${MAX_EVENT_OUTPUT_BYTES} bytes of one event]\n`;

const PROGRESS_MARK = Buffer.from('{"progress":');

/** What is stored of one event on one host. */
interface EventProgress {
  command: string;
  /** Of `command`. Another offer of the event counts from 0 again, and uses up the same bytes. */
  nextSequence: number;
  bytes: number;
  /** The limit was reached and the gap is marked. */
  isFull: boolean;
}

type StoredProgress = readonly [string, string, number, number, boolean];

/** What is stored of every event of a deployment: as many entries as its hosts have events, however much they print. */
export class Progress {
  readonly #events = new Map<string, EventProgress>();

  /** The bytes to store for a line: none when they are there already, or the mark of the gap at the limit. */
  take(line: LogLine): string | undefined {
    const event = this.#eventOf(line);
    if (event.isFull || line.sequence < event.nextSequence) return undefined;
    const encoded = encodeLogLine(line);
    const isBeyond = event.bytes + Buffer.byteLength(encoded) > MAX_EVENT_OUTPUT_BYTES;
    const stored = isBeyond ? { ...line, stream: "agent" as const, text: GAP_TEXT } : line;
    this.#count(event, stored, Buffer.byteLength(encoded));
    return isBeyond ? encodeLogLine(stored) : encoded;
  }

  /** Counts a line that is stored. */
  replay(line: LogLine, bytes: number): void {
    this.#count(this.#eventOf(line), line, bytes);
  }

  #count(event: EventProgress, line: LogLine, bytes: number): void {
    event.nextSequence = line.sequence + 1;
    event.bytes += bytes;
    event.isFull =
      line.stream === "agent" && line.text.startsWith("[sluice: the rest of this event's output was not kept");
  }

  #eventOf({ targetId, lifecycleEvent, hostCommandIdentifier: command }: LogLine): EventProgress {
    const name = `${targetId}/${lifecycleEvent}`;
    const known = this.#events.get(name);
    if (known === undefined) {
      const event = { command, nextSequence: 0, bytes: 0, isFull: false };
      this.#events.set(name, event);
      return event;
    }
    if (known.command !== command) Object.assign(known, { command, nextSequence: 0 });
    return known;
  }

  /** As the first line of a segment, so that what came before it need not be read to go on. It is not a log line. */
  encode(): string {
    const events = [...this.#events].map(([name, { command, nextSequence, bytes, isFull }]) => [
      name,
      command,
      nextSequence,
      bytes,
      isFull,
    ]);
    return `${JSON.stringify({ progress: events })}\n`;
  }

  /** Undefined when the line is not one that `encode` wrote. */
  static decode(bytes: Buffer): Progress | undefined {
    if (!bytes.subarray(0, PROGRESS_MARK.length).equals(PROGRESS_MARK)) return undefined;
    let events: readonly StoredProgress[];
    try {
      events = (JSON.parse(bytes.toString("utf8")) as { progress: readonly StoredProgress[] }).progress;
    } catch {
      return undefined;
    }
    const progress = new Progress();
    for (const [name, command, nextSequence, bytes, isFull] of events) {
      progress.#events.set(name, { command, nextSequence, bytes, isFull });
    }
    return progress;
  }
}
