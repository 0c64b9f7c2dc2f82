import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/**
 * Requests of one connection that are under way at once. Clients wait for an answer before they send on, and one request may arrive while
 * the answer before it is not quite gone.
 */
export const MAX_REQUESTS_PER_CONNECTION = 4;

/**
 * Ends a connection that sends more requests before it has its answers (pipelining). Node reads all that a connection sends and keeps each
 * request until it is answered, so a few connections of somebody without a key would fill the memory and the queue of calls.
 */
export function boundPipelining(server: HttpServer | HttpsServer): void {
  const underWay = new WeakMap<Socket, number>();
  const serve = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // What was sent in one piece is read to its end although the connection is over.
    if (socket.destroyed) return;
    const count = (underWay.get(socket) ?? 0) + 1;
    if (count > MAX_REQUESTS_PER_CONNECTION) {
      socket.destroy();
      return;
    }
    underWay.set(socket, count);
    response.once("close", () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    for (const listener of serve) listener.call(server, request, response);
  });
}
