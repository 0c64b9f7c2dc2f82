import { PayloadFault } from "./payload-fault.ts";

const LINE_FEED = 0x0a;

/** Takes lines and counted bytes from a stream, holding no more than the piece that arrived last and one line. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #piece: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** A line without its CR LF. */
  async line(maxBytes: number): Promise<string> {
    let line = "";
    for (;;) {
      if (this.#piece.length === 0) await this.#next("a line");
      const end = this.#piece.indexOf(LINE_FEED);
      const taken = this.#take(end < 0 ? this.#piece.length : end + 1);
      line += taken.toString("latin1");
      if (line.length > maxBytes)
        throw new PayloadFault("malformed", `A line of the chunked body is longer than ${maxBytes} bytes.`);
      if (end >= 0) return line.replace(/\r?\n$/, "");
    }
  }

  /** Exactly `count` bytes, in the pieces in which they come. */
  async *bytes(count: number): AsyncGenerator<Buffer, void, void> {
    for (let left = count; left > 0; ) {
      if (this.#piece.length === 0) await this.#next(`${left} more bytes of a chunk`);
      const taken = this.#take(Math.min(left, this.#piece.length));
      left -= taken.length;
      yield taken;
    }
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return true;
      this.#piece = asBuffer(next.value);
    }
    return false;
  }

  /** Lets go of the source when reading ends early. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #take(count: number): Buffer {
    const taken = this.#piece.subarray(0, count);
    this.#piece = this.#piece.subarray(count);
    return taken;
  }

  async #next(awaited: string): Promise<void> {
    if (await this.isAtEnd())
      throw new PayloadFault("length", `The chunked body ended where ${awaited} had to follow.`);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
