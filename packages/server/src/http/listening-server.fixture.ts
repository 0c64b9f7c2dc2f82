import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { expect, vi } from "vitest";
import { createHttpServer, type HttpServerOptions } from "./http-server.ts";
import { reachBy } from "./reached-name.ts";
import { ServerNames } from "./server-names.ts";
import { UnprovedConnections } from "./unproved-connections.ts";

export const METRICS_TOKEN = "the-metrics-token";
/** Where patience is not what is tried: a busy machine is slower than any of the others. */
export const ENDLESS = { headersMilliseconds: 60_000, checkMilliseconds: 60_000, handshakeMilliseconds: 60_000 };
const SHORT = { headersMilliseconds: 200, checkMilliseconds: 50, handshakeMilliseconds: 200 };

const UNTIL_OPEN_MILLISECONDS = 20_000;

/** The HTTP server in front of a route that answers `signed`, and callers of it. Close it after each test. */
export class ListeningServer {
  #app: FastifyInstance | undefined;
  readonly #sockets: Socket[] = [];

  async listen(options: Partial<HttpServerOptions> = {}): Promise<number> {
    this.#app = createHttpServer({
      signedRoute: async (_request: IncomingMessage, response: ServerResponse) => {
        response.end("signed");
      },
      consoleRoute: async (_request: IncomingMessage, response: ServerResponse) => {
        response.end("console");
      },
      hostRoute: async (_request: IncomingMessage, response: ServerResponse) => {
        response.end("host");
      },
      ready: async () => ({ reason: null, warning: null }),
      metrics: async () => ({ contentType: "text/plain", text: "sluice_hosts 1\n" }),
      metricsToken: METRICS_TOKEN,
      reach: reachBy(new ServerNames({ listen: ["127.0.0.1"], configured: [{ name: "sluice.example.com" }] })),
      unprovedConnections: new UnprovedConnections(),
      patience: SHORT,
      ...options,
    });
    await this.#app.listen({ host: "127.0.0.1", port: 0 });
    return (this.#app.server.address() as AddressInfo).port;
  }

  /** Closed with the server. */
  keep(socket: Socket): Socket {
    this.#sockets.push(socket);
    socket.on("error", () => {});
    return socket;
  }

  /** A caller that never ends its own half, whatever it is told. */
  caller(port: number, bytes: string): Socket {
    const socket = this.keep(connect({ port, host: "127.0.0.1", allowHalfOpen: true }));
    socket.on("data", () => {});
    if (bytes !== "") socket.write(bytes, "latin1");
    return socket;
  }

  accepted(): Promise<unknown> {
    return once(this.#app!.server, "connection");
  }

  #openConnections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#app?.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** Waits until no more connections than these are left. */
  async untilOpen(count: number): Promise<void> {
    const isSo = async () => expect(await this.#openConnections()).toBeLessThanOrEqual(count);
    await vi.waitFor(isSo, { timeout: UNTIL_OPEN_MILLISECONDS, interval: 20 });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    await this.#app?.close();
  }
}
