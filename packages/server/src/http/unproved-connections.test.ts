import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { UnprovedConnections } from "./unproved-connections.ts";

class FakeSocket extends EventEmitter {
  isDestroyed = false;
  readonly localPort = 7420;
  readonly remoteAddress = "192.0.2.7";
  readonly remotePort = 50_000;
  readonly localAddress: string;

  constructor(localAddress: string) {
    super();
    this.localAddress = localAddress;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

describe("connections from one address and port to several of the server's addresses", () => {
  it("are counted each by itself, and proved each by itself", () => {
    const connections = new UnprovedConnections(2);
    const server = new EventEmitter();
    connections.watch(server as unknown as Server);
    const connect = (localAddress: string) => {
      const socket = new FakeSocket(localAddress);
      server.emit("connection", socket);
      return socket;
    };
    const [first, second] = [connect("198.51.100.1"), connect("198.51.100.2")];
    expect(connections.count).toBe(2);
    connections.prove(second as unknown as Socket);
    expect(connections.count).toBe(1);
    connect("198.51.100.3");
    connect("198.51.100.4");
    expect(connections.count).toBe(2);
    expect([first.isDestroyed, second.isDestroyed]).toEqual([true, false]);
  });
});
