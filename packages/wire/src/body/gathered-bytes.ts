const FIRST_BYTES = 4_096;

/**
 * A body that comes in pieces, in one buffer that grows to twice its size when it is full. A list of pieces would cost as much as some hundred
 * bytes for each, so that whoever sends single bytes took a hundred times what he sends.
 */
export class GatheredBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of it. */
  add(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#buffer.length * 2, FIRST_BYTES));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** All of it; what comes next begins anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }
}
