import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/**
 * Connections over which nobody has proved a signature yet. A fleet that comes back all at once does not reach this: a connection is
 * accepted once a turn of the event loop, and its first call is proved within a few.
 */
export const MAX_UNPROVED_CONNECTIONS = 4096;

/** Knows the connections of nobody in particular, and drops the oldest when they are too many. */
export class UnprovedConnections {
  readonly #maximum: number;
  /** By both ends' addresses and ports, since of a TLS connection the request knows another socket than the listener. */
  readonly #sockets = new Map<string, Socket>();
  readonly #proved = new WeakSet<Socket>();

  constructor(maximum = MAX_UNPROVED_CONNECTIONS) {
    this.#maximum = maximum;
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** From now on every connection to the server is looked after. */
  watch(server: HttpServer | HttpsServer): void {
    server.on("connection", (socket: Socket) => {
      const caller = callerOf(socket);
      // Gone before it was here.
      if (caller === null) return;
      this.#sockets.set(caller, socket);
      socket.once("close", () => {
        if (this.#sockets.get(caller) === socket) this.#sockets.delete(caller);
      });
      if (this.#sockets.size > this.#maximum) this.#dropOldest();
    });
  }

  /** Over this connection somebody has proved who they are: it may stay. */
  prove(socket: Socket): void {
    if (this.#proved.has(socket)) return;
    this.#proved.add(socket);
    const caller = callerOf(socket);
    if (caller !== null) this.#sockets.delete(caller);
  }

  #dropOldest(): void {
    for (const [caller, socket] of this.#sockets) {
      this.#sockets.delete(caller);
      socket.destroy();
      return;
    }
  }
}

/** With the server's own address: a caller may use one port for connections to several of them. */
function callerOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | null {
  return remoteAddress === undefined ? null : `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
