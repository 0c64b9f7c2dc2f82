import { type Server as HttpServer, IncomingMessage, type ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";
import { PieceBudget } from "@sluice/wire/body/piece-budget.ts";

/** What node's parser is given of a connection at once, where a piece may be a single byte: it cannot be stopped in the midst of it. */
const SLICE_BYTES = 4096;

/** What is known of a connection, at the connection itself: a map beside them costs every call more than all the rest of this. */
const LATEST = Symbol("the latest request");
const IS_SLICED = Symbol("parsed in slices");

interface PiecewiseSocket extends Socket {
  [LATEST]?: PiecewiseMessage;
  [IS_SLICED]?: boolean;
}

/**
 * A request whose body ends early when it comes in too many pieces for its length. Whoever reads a body asks {@link hasTooManyPieces} at
 * its end. A body that nobody wants has to be read all the same (`discardRest`): node throws away uncounted what nobody ever read of.
 */
export class PiecewiseMessage extends IncomingMessage {
  readonly #budget = new PieceBudget();
  isBrokenOff = false;
  /** To be ended with its connection when the body is broken off. */
  response: ServerResponse | undefined;

  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    if (this.isBrokenOff) return true;
    if (piece === null || this.#budget.take((piece as Buffer).length)) return super.push(piece, encoding);
    this.isBrokenOff = true;
    // For node a message that ends before it is complete was aborted, and its connection is gone: no answer could go out.
    this.complete = true;
    parseInSlices(this.socket);
    if (this.response?.headersSent) this.socket.destroy();
    else this.response?.setHeader("connection", "close");
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
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!(request instanceof PiecewiseMessage)) return;
    const socket: PiecewiseSocket = request.socket;
    // It came with the rest of a slice.
    if (socket[LATEST]?.isBrokenOff) socket.destroy();
    socket[LATEST] = request;
    request.response = response;
    // Others stay with node's own way from the socket to its parser, which passes JavaScript by.
    if (request.headers["transfer-encoding"] !== undefined) parseInSlices(socket);
  });
}

/** Node's parser gets what comes over a connection from now on by and by, and nothing any more once a body was broken off. */
function parseInSlices(socket: PiecewiseSocket): void {
  if (socket[IS_SLICED]) return;
  socket[IS_SLICED] = true;
  const parse = socket.listeners("data");
  socket.removeAllListeners("data");
  socket.on("data", (bytes: Buffer) => {
    for (let at = 0; at < bytes.length && !socket.destroyed; at += SLICE_BYTES) {
      // Node stops reading where answers are not fetched, and its parser with it.
      if (socket.isPaused()) return void socket.unshift(bytes.subarray(at));
      if (socket[LATEST]?.isBrokenOff) return;
      for (const listener of parse) listener.call(socket, bytes.subarray(at, at + SLICE_BYTES));
    }
  });
}
