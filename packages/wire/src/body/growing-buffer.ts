/** A body of which no length is known begins with this much room. */
const FIRST_ROOM_BYTES = 16 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Bytes that come in pieces of any size, in little more room than they need. A list of the pieces would not do: a body in chunks of one
 * byte each makes two hundred bytes of every one. Room that is too small or no longer wanted is freed at once: left to the runtime, ten
 * times of what is held lies there until it is collected.
 */
export class GrowingBuffer {
  #room: Uint8Array = NOTHING;
  /** What `#room` lies in, while nobody else reads that. */
  #own: ArrayBuffer | null = null;
  length = 0;

  get heldBytes(): number {
    return this.#room.length;
  }

  /** What would be held with so many bytes more. `maximumBytes`: what all pieces together may be, which the caller checks. */
  heldBytesWith(bytes: number, maximumBytes: number): number {
    const needed = this.length + bytes;
    if (this.length === 0 || needed <= this.#room.length) return Math.max(needed, this.#room.length);
    return Math.min(Math.max(needed, 2 * this.#room.length, FIRST_ROOM_BYTES), maximumBytes);
  }

  add(piece: Uint8Array, maximumBytes: number): void {
    const room = this.heldBytesWith(piece.length, maximumBytes);
    if (this.length === 0) {
      // Most bodies are one piece, which is kept as it came.
      this.#room = piece;
    } else {
      if (room > this.#room.length) this.#grow(room);
      this.#room.set(piece, this.length);
    }
    this.length += piece.length;
  }

  /** Nothing may be added after it. */
  whole(): Buffer {
    this.#own = null;
    return Buffer.from(this.#room.buffer, this.#room.byteOffset, this.length);
  }

  /** Empties it. What `whole` gave stays as it is. */
  release(): void {
    this.#own?.transfer(0);
    this.#own = null;
    this.#room = NOTHING;
    this.length = 0;
  }

  #grow(bytes: number): void {
    const grown = this.#own?.transfer(bytes) ?? new ArrayBuffer(bytes);
    const room = new Uint8Array(grown);
    if (this.#own === null) room.set(this.#room);
    this.#room = room;
    this.#own = grown;
  }
}
