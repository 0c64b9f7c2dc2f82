import type { LogLine, LogQuery } from "@sluice/engine/ports/container-engine.ts";
import type { EngineApi } from "./engine-api.ts";

/** Of what is read at once, the newest so much is kept. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;
export const MAX_TAIL_LINES = 10_000;
/** The rest of a longer line is left out, and said to be. */
export const MAX_LINE_CHARACTERS = 65_536;
const FRAME_HEADER_BYTES = 8;
const STREAMS: Readonly<Record<number, LogLine["stream"]>> = { 1: "stdout", 2: "stderr" };
/** A line that goes on for ever and says nothing for so long is one that will not end. */
const IDLE_MILLISECONDS = 30_000;

/** What the container has written; the caller knows that it may be read. */
export async function readContainerLogs(
  api: EngineApi,
  containerId: string,
  { tailLines, since }: LogQuery,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const lines = Math.min(tailLines, MAX_TAIL_LINES);
  if (lines <= 0) return [];
  const query = {
    stdout: "1",
    stderr: "1",
    timestamps: "1",
    tail: String(lines),
    ...(since === undefined ? {} : { since: (since / 1000).toFixed(3) }),
  };
  const path = `/containers/${encodeURIComponent(containerId)}/logs`;
  const stream = await api.open({ method: "GET", path, query }, signal, IDLE_MILLISECONDS);
  const reader = new LogReader();
  for await (const chunk of stream as AsyncIterable<Buffer>) reader.take(chunk);
  const read = reader.lines().filter(({ at }) => since === undefined || at > since);
  // What the two streams wrote at one time comes in the engine's order.
  return read.sort((one, other) => one.at - other.at).slice(-lines);
}

/**
 * Takes the engine's stream apart: frames of a byte for the stream, three of nothing, four for the length, and then a time, a blank and
 * the text. A line of more than 16 KiB comes in several frames, of which only the last ends with a line feed.
 */
export class LogReader {
  #rest: Buffer = Buffer.alloc(0);
  readonly #lines: LogLine[] = [];
  readonly #open = new Map<LogLine["stream"], LogLine>();
  #bytes = 0;

  take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (this.#rest.length < FRAME_HEADER_BYTES) return;
      const end = FRAME_HEADER_BYTES + this.#rest.readUInt32BE(4);
      if (this.#rest.length < end) return;
      const stream = STREAMS[this.#rest[0] ?? 0];
      if (stream) this.#frame(stream, this.#rest.subarray(FRAME_HEADER_BYTES, end).toString("utf8"));
      this.#rest = this.#rest.subarray(end);
    }
  }

  /** With those that have not ended yet. */
  lines(): LogLine[] {
    return [...this.#lines, ...this.#open.values()];
  }

  #frame(stream: LogLine["stream"], content: string): void {
    const blank = content.indexOf(" ");
    const at = Date.parse(content.slice(0, blank));
    if (Number.isNaN(at)) return;
    const before = this.#open.get(stream);
    const isWhole = content.endsWith("\n");
    const text = (before?.text ?? "") + content.slice(blank + 1, isWhole ? -1 : undefined);
    const line = { at: before?.at ?? at, stream, text: text.slice(0, MAX_LINE_CHARACTERS) };
    if (isWhole) {
      this.#open.delete(stream);
      this.#lines.push(text.length > MAX_LINE_CHARACTERS ? { ...line, text: `${line.text} … (cut)` } : line);
      this.#shorten(line.text.length);
    } else {
      this.#open.set(stream, { ...line, text: text.slice(0, MAX_LINE_CHARACTERS + 1) });
    }
  }

  #shorten(added: number): void {
    this.#bytes += added;
    let surplus = 0;
    while (this.#bytes > MAX_LOG_BYTES && surplus < this.#lines.length) {
      this.#bytes -= this.#lines[surplus]?.text.length ?? 0;
      surplus += 1;
    }
    if (surplus > 0) this.#lines.splice(0, surplus);
  }
}
