import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, expect, it } from "vitest";
import { createHttpServer } from "./http-server.ts";
import { checkFree, openListener } from "./open-listener.ts";
import { MAX_REQUESTS_PER_CONNECTION } from "./pipelined-requests.ts";
import { reachBy } from "./reached-name.ts";
import { ServerNames } from "./server-names.ts";
import { UnprovedConnections } from "./unproved-connections.ts";

const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function maker(unprovedConnections = new UnprovedConnections()): () => FastifyInstance {
  return () => {
    const app = createHttpServer({
      // Never answers, so that what is under way adds up.
      signedRoute: async (_request: IncomingMessage, _response: ServerResponse) => new Promise(() => {}),
      consoleRoute: async () => {},
      hostRoute: async () => {},
      ready: async () => ({ reason: null, warning: null }),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
      metricsToken: "t",
      reach: reachBy(new ServerNames({ listen: ["localhost"], configured: [] })),
      unprovedConnections,
    });
    apps.push(app);
    return app;
  };
}

it("passes over an address that the machine does not have, be it the first, and is refused when there is no other", async () => {
  // Of documentation: nobody has it.
  const missing = "192.0.2.1";
  const addresses = [missing, "127.0.0.1", missing];
  const opened = await openListener(maker(), { host: "localhost", port: 0 }, async () => addresses);
  expect(opened.map(({ host }) => host)).toEqual(["127.0.0.1"]);
  await checkFree({ host: "localhost", port: 0 }, async () => addresses);
  const refusal = `${missing} is not an address of this machine; choose another --listen`;
  await expect(openListener(maker(), { host: missing, port: 0 })).rejects.toThrow(refusal);
  await expect(checkFree({ host: missing, port: 0 })).rejects.toThrow(refusal);
});

it("bounds the callers of every address that a name has, on one port", async () => {
  const unprovedConnections = new UnprovedConnections();
  // As localhost may be 127.0.0.1 and ::1, which not every machine has.
  const addresses = ["127.0.0.1", "127.0.0.2"];
  const opened = await openListener(maker(unprovedConnections), { host: "localhost", port: 0 }, async () => addresses);
  expect(opened.map(({ host }) => host)).toEqual(addresses);
  expect(new Set(opened.map(({ port }) => port)).size).toBe(1);
  for (const [index, { host, port }] of opened.entries()) {
    const socket = connect(port, host);
    socket.on("error", () => {});
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(MAX_REQUESTS_PER_CONNECTION));
    await expect.poll(() => unprovedConnections.count, { message: `known at ${host}, after ${index}` }).toBe(1);
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await closed;
    await expect.poll(() => unprovedConnections.count).toBe(0);
  }
});

it.each([
  [
    "EACCES",
    "permission denied: this user cannot listen on 127.0.0.1:80. Ports below 1024 are for root. Choose another --listen",
  ],
  ["ENOTFOUND", "--listen 127.0.0.1: no such name can be resolved here"],
  ["EADDRINUSE", "127.0.0.1:80 is in use by another program"],
])("says of %s what it means and what to do", async (code, message) => {
  const failing = () =>
    ({
      listen: () => Promise.reject(Object.assign(new Error(`listen ${code}`), { code })),
    }) as unknown as FastifyInstance;
  await expect(openListener(failing, { host: "127.0.0.1", port: 80 })).rejects.toThrow(message);
});
