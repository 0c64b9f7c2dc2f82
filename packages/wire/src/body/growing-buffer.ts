/** A body of which no length is known begins with this much room. */
const FIRST_ROOM_BYTES = 16 * 1024;

/**
 * Bytes that come in pieces of any size, in little more room than they need. A list of the pieces would not do: a body in chunks of one
 * byte each makes two hundred bytes of every one.
 */
export class GrowingBuffer {
  #room: Uint8Array = Buffer.alloc(0);
  length = 0;

  get heldBytes(): number {
    return this.#room.length;
  }

  /** `maximumBytes`: what all pieces together may be, which the caller checks. */
  add(piece: Uint8Array, maximumBytes: number): void {
    const needed = this.length + piece.length;
    if (this.length === 0) {
      // Most bodies are one piece, which is kept as it came.
      this.#room = piece;
    } else {
      if (needed > this.#room.length) {
        const room = Math.min(Math.max(needed, 2 * this.#room.length, FIRST_ROOM_BYTES), maximumBytes);
        const grown = Buffer.allocUnsafeSlow(room);
        grown.set(this.#room.subarray(0, this.length));
        this.#room = grown;
      }
      this.#room.set(piece, this.length);
    }
    this.length = needed;
  }

  whole(): Buffer {
    return Buffer.from(this.#room.buffer, this.#room.byteOffset, this.length);
  }
}
