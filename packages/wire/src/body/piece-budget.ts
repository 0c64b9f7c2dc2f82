/** Pieces that any body may come in. */
export const PIECES_FREE = 256;
/** A longer body may come in one piece more for each of these: half of what the smallest packets on the Internet carry. */
export const MIN_BYTES_PER_PIECE = 256;

/**
 * Holds a body's pieces (packets, HTTP chunks, signed chunks) to its length. Each piece costs the server as much as some hundred bytes, so
 * without this a body in chunks of one byte each would cost it a hundred times what it costs its sender.
 */
export class PieceBudget {
  #pieces = 0;
  #bytes = 0;

  /** One more piece. False: the body has come in too many for its length. */
  take(bytes: number): boolean {
    this.#pieces += 1;
    this.#bytes += bytes;
    return this.#pieces <= PIECES_FREE + this.#bytes / MIN_BYTES_PER_PIECE;
  }
}

/** What the sender of such a body is told. */
export const PIECES_TOO_SMALL = `The request's body was sent in too many pieces for its length: the limit is ${PIECES_FREE}, plus one for each ${MIN_BYTES_PER_PIECE} bytes. Send it in larger chunks, of 8192 bytes or more.`;
