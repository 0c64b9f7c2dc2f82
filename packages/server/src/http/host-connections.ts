import type { Socket } from "node:net";
import type { Principal } from "../access/principal.ts";

/** Connections of one host's key. An agent has a few; each may hold a part of a bundle that its caller does not read. */
export const MAX_HOST_CONNECTIONS = 64;

/** Knows which connections each host uses, and drops the one that it has not used for longest when they are too many. */
export class HostConnections {
  readonly #byHost = new Map<string, Set<Socket>>();
  readonly #hostOf = new WeakMap<Socket, string>();

  /** The host has proved a signature over this connection. One that a proxy shares among hosts counts for the first of them. */
  prove(socket: Socket, { role, hostId }: Principal): void {
    if (role !== "host" || hostId === null || socket.destroyed) return;
    const known = this.#hostOf.get(socket);
    const owner = known ?? hostId;
    const sockets = this.#byHost.get(owner) ?? new Set();
    this.#byHost.set(owner, sockets);
    // Last in the set is the one used last.
    sockets.delete(socket);
    sockets.add(socket);
    if (known !== undefined) return;
    this.#hostOf.set(socket, owner);
    socket.once("close", () => this.#forget(owner, socket));
    const [oldest] = sockets;
    if (sockets.size <= MAX_HOST_CONNECTIONS || oldest === undefined) return;
    this.#forget(owner, oldest);
    oldest.destroy();
  }

  #forget(hostId: string, socket: Socket): void {
    const sockets = this.#byHost.get(hostId);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byHost.delete(hostId);
  }
}
