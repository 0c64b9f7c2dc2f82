import { type Server as HttpServer, IncomingMessage, type ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { PieceBudget } from "@sluice/wire/sigv4/piece-budget.ts";

/** What node's parser is given of a connection at once, where a piece may be a single byte: it cannot be stopped in the midst of it. */
const SLICE_BYTES = 4096;

/**
 * A request whose body ends early when it comes in too many pieces for its length. Whoever reads a body asks {@link hasTooManyPieces} at
 * its end. Bodies that are thrown away are held to it, too.
 */
export class PiecewiseMessage extends IncomingMessage {
  readonly #budget = new PieceBudget();
  isBrokenOff = false;
  /** Hears when the body is broken off. */
  onBrokenOff: () => void = () => {};

  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    if (this.isBrokenOff) return true;
    if (piece === null || this.#budget.take((piece as Buffer).length)) return super.push(piece, encoding);
    this.isBrokenOff = true;
    // For node a message that ends before it is complete was aborted, and its connection is gone: no answer could go out.
    this.complete = true;
    this.onBrokenOff();
    super.push(null);
    return true;
  }
}

export function hasTooManyPieces(request: IncomingMessage): boolean {
  return request instanceof PiecewiseMessage && request.isBrokenOff;
}

/**
 * Lets the server look at no more of a connection once a body on it was broken off, and ends it after the answer: where the next request
 * begins is unknown. Ends it at once where a request's head comes in too many pieces. The server makes {@link PiecewiseMessage}s of its
 * requests.
 */
export function boundPieces(server: HttpServer | HttpsServer): void {
  const latest = new WeakMap<Socket, PiecewiseMessage>();
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!(request instanceof PiecewiseMessage)) return;
    const { socket } = request;
    // It came with the rest of a slice.
    if (latest.get(socket)?.isBrokenOff) socket.destroy();
    latest.set(socket, request);
    request.onBrokenOff = () => {
      if (response.headersSent) socket.destroy();
      else response.setHeader("connection", "close");
    };
  });
  server.on(server instanceof HttpsServer ? "secureConnection" : "connection", (socket: Socket) => {
    const parse = socket.listeners("data");
    socket.removeAllListeners("data");
    let between = new PieceBudget();
    let last: PiecewiseMessage | undefined;
    socket.on("data", (bytes: Buffer) => {
      const before = latest.get(socket);
      if (before !== last) between = new PieceBudget();
      last = before;
      // A TLS record may hold one byte, of a head or of the empty lines that may stand before one. Bodies are counted for themselves.
      if (before?.complete !== false && !between.take(bytes.length)) return void socket.destroy();
      // Once the server has ended its half, all has been said: what cannot be read would be answered piece by piece.
      for (let at = 0; at < bytes.length && socket.writable; ) {
        // Node stops reading where answers are not fetched, and its parser with it.
        if (socket.isPaused()) return void socket.unshift(bytes.subarray(at));
        const request = latest.get(socket);
        if (request?.isBrokenOff) return;
        const end = isInOnePiece(request) ? bytes.length : at + SLICE_BYTES;
        for (const listener of parse) listener.call(socket, bytes.subarray(at, end));
        at = end;
      }
    });
  });
}

/** Of a body that is not in chunks, all that has come is one piece. */
function isInOnePiece(request: PiecewiseMessage | undefined): boolean {
  return request !== undefined && !request.complete && request.headers["transfer-encoding"] === undefined;
}
