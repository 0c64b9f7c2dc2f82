import { EventEmitter, once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { ENDLESS, ListeningServer } from "./listening-server.fixture.ts";
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

describe("connections over which nobody has proved anything", () => {
  const server = new ListeningServer();
  afterEach(() => server.close());

  it("are so many and no more: the oldest goes, and whoever has proved a signature stays", async () => {
    const unprovedConnections = new UnprovedConnections(3);
    const tls = await createSelfSignedCertificate({ commonName: "here", subjectAltNames: ["127.0.0.1"] });
    const port = await server.listen({
      tls,
      unprovedConnections,
      patience: ENDLESS,
      signedRoute: async (request, response) => {
        unprovedConnections.prove(request.socket);
        response.end("signed");
      },
    });
    const good = server.keep(connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }));
    const ask = async () => {
      good.write("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 0\r\n\r\n");
      const [answer] = (await once(good, "data")) as [Buffer];
      return answer.toString();
    };
    expect(await ask()).toMatch(/signed/);

    const silent: Socket[] = [];
    for (let index = 0; index < 5; index += 1) {
      const socket = server.caller(port, "");
      await once(socket, "connect");
      silent.push(socket);
    }
    await server.untilOpen(4);
    expect(unprovedConnections.count).toBe(3);
    expect(await ask()).toMatch(/signed/);
  });
});
