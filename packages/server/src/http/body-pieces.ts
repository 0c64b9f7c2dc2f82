import { type Server as HttpServer, IncomingMessage, type ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { PieceBudget } from "@sluice/wire/sigv4/piece-budget.ts";

/** What node's parser is given of a connection at once, where a piece may be a single byte: it cannot be stopped in the midst of it. */
const SLICE_BYTES = 4096;

/**
 * A request whose body ends early when it comes in too many pieces for its length. Whoever reads a body asks {@link hasTooManyPieces} at
 * its end. A body that nobody wants has to be read all the same (`discardRest`): node throws away uncounted what nobody ever read of.
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
 * begins is unknown. The server makes {@link PiecewiseMessage}s of its requests.
 */
export function boundPieces(server: HttpServer | HttpsServer): void {
  const latest = new WeakMap<Socket, PiecewiseMessage>();
  const sliced = new WeakSet<Socket>();
  const slice = (socket: Socket) => {
    if (sliced.has(socket)) return;
    sliced.add(socket);
    parseInSlices(socket, () => latest.get(socket)?.isBrokenOff ?? false);
  };
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!(request instanceof PiecewiseMessage)) return;
    const { socket } = request;
    // It came with the rest of a slice.
    if (latest.get(socket)?.isBrokenOff) socket.destroy();
    latest.set(socket, request);
    request.onBrokenOff = () => {
      slice(socket);
      if (response.headersSent) socket.destroy();
      else response.setHeader("connection", "close");
    };
    // Others stay with node's own way from the socket to its parser, which passes JavaScript by.
    if (request.headers["transfer-encoding"] !== undefined) slice(socket);
  });
}

/** Node's parser gets the rest of what comes over a connection by and by, and nothing any more once `isOver`. */
function parseInSlices(socket: Socket, isOver: () => boolean): void {
  const parse = socket.listeners("data");
  socket.removeAllListeners("data");
  socket.on("data", (bytes: Buffer) => {
    for (let at = 0; at < bytes.length && !socket.destroyed; at += SLICE_BYTES) {
      // Node stops reading where answers are not fetched, and its parser with it.
      if (socket.isPaused()) return void socket.unshift(bytes.subarray(at));
      if (isOver()) return;
      for (const listener of parse) listener.call(socket, bytes.subarray(at, at + SLICE_BYTES));
    }
  });
}
