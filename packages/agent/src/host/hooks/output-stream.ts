import type { OutputSink } from "../lifecycle-command.ts";

type Chunk = Parameters<OutputSink["write"]>[0];

/** What one event may send; the rest stays in the host's scripts.log. */
export const MAX_OUTPUT_STREAM_BYTES = 1024 * 1024;

/**
 * Hands an event's output to the sink in batches. It only collects and sends, so a script never waits for it; beyond the
 * limit it counts what it leaves out and says so once where the gap starts and once at the end.
 */
export class OutputStream {
  readonly #sink: OutputSink;
  readonly #batchMilliseconds: number;
  #pending: Chunk[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sentBytes = 0;
  #omittedBytes = 0;

  constructor(sink: OutputSink, batchMilliseconds: number) {
    this.#sink = sink;
    this.#batchMilliseconds = batchMilliseconds;
  }

  write(chunk: Chunk): void {
    if (chunk.text === "") return;
    const bytes = Buffer.byteLength(chunk.text);
    if (this.#omittedBytes > 0 || this.#sentBytes + bytes > MAX_OUTPUT_STREAM_BYTES) {
      if (this.#omittedBytes === 0) this.#collect(gapStarts(chunk.scriptName));
      this.#omittedBytes += bytes;
      return;
    }
    this.#sentBytes += bytes;
    this.#collect(chunk);
  }

  /** Whether what is written now is left out. */
  get isFull(): boolean {
    return this.#omittedBytes > 0;
  }

  /** A word of the agent's own; not counted, since the agent says little. */
  say(text: string, scriptName: string): void {
    this.#collect({ stream: "agent", scriptName, text: `${text}\n` });
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const chunks = this.#pending;
    this.#pending = [];
    for (const chunk of chunks) {
      try {
        this.#sink.write(chunk);
      } catch {
        // The sink promises not to throw; a script's outcome must not hang on it.
      }
    }
  }

  end(): void {
    if (this.#omittedBytes > 0) this.say(`… ${this.#omittedBytes} bytes of output are omitted here.`, "");
    this.flush();
  }

  #collect(chunk: Chunk): void {
    const last = this.#pending.at(-1);
    if (last && last.stream === chunk.stream && last.scriptName === chunk.scriptName) {
      this.#pending[this.#pending.length - 1] = { ...last, text: last.text + chunk.text };
    } else {
      this.#pending.push(chunk);
    }
    this.#timer ??= setTimeout(() => this.flush(), this.#batchMilliseconds);
  }
}

function gapStarts(scriptName: string): Chunk {
  const text =
    `… output beyond ${MAX_OUTPUT_STREAM_BYTES} bytes per event is not sent; ` +
    "it is in the deployment's logs/scripts.log on the host.\n";
  return { stream: "agent", scriptName, text };
}
