import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "./until-wanted.fixture.ts";

/** How long `/work` takes, so that some requests are in flight at any moment. */
const WORK_MILLISECONDS = 5;

/**
 * A web service on a loopback port of its own: `/` says its name, `/work` does so after a moment, `/slow` when it is released, and
 * `/health` tells its health.
 */
export class WebHost {
  readonly name: string;
  isHealthy = true;
  requests = 0;
  #server = createServer();
  #held: ServerResponse[] = [];
  #port = 0;

  constructor(name: string) {
    this.name = name;
  }

  get port(): number {
    return this.#port;
  }

  get heldRequests(): number {
    return this.#held.length;
  }

  /** On the same port as before, where it ran before. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      if (request.url === "/health") return void response.writeHead(this.isHealthy ? 200 : 503).end();
      this.requests += 1;
      if (request.url === "/slow") return void this.#held.push(response);
      if (request.url === "/work") setTimeout(() => response.end(this.name), WORK_MILLISECONDS);
      else response.end(this.name);
    });
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  release(): void {
    for (const response of this.#held.splice(0)) response.end(this.name);
  }

  /** At once, as a process that is killed: whatever is in flight breaks off. */
  async stop(): Promise<void> {
    this.#held = [];
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async untilHeld(): Promise<void> {
    await until(
      () => this.#held.length,
      (held) => held > 0,
    );
  }
}
