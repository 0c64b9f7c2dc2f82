import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AccessKeys } from "../store/access-keys.ts";
import { reachBy } from "./reached-name.ts";
import { ServerNames } from "./server-names.ts";
import { signedRoute } from "./signed-route.ts";
import { UnprovedBodies } from "./unproved-bodies.ts";

const MEBIBYTE = 1024 * 1024;
let server: Server;

beforeAll(async () => {
  const route = signedRoute({
    accessKeys: { find: async () => null } as unknown as AccessKeys,
    now: Date.now,
    region: "us-east-1",
    grantsOfFunction: undefined,
    services: [],
    reach: reachBy(new ServerNames({ listen: ["127.0.0.1"], configured: [] })),
    unprovedBodies: new UnprovedBodies(),
    onInternalError: () => {},
    onProved: () => {},
    admit: async () => {},
    onUnheard: () => {},
  });
  server = createServer(route);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function open(): { readonly socket: Socket; readonly answer: Promise<string>; readonly closed: Promise<void> } {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  socket.setEncoding("latin1");
  // The end of a connection of which something is unread may be told as an error.
  socket.on("error", () => {});
  let text = "";
  const answer = new Promise<string>((resolve) => {
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("Message") || text.includes("message")) resolve(text);
    });
  });
  return { socket, answer, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}

const head = (length: string) =>
  `POST /2015-03-31/functions/a/invocations HTTP/1.1\r\nhost: 127.0.0.1\r\n${length}\r\n\r\n`;

it.each([
  ["is larger than what is read past a refusal", `content-length: ${20 * MEBIBYTE}`],
  ["may be", "transfer-encoding: chunked"],
])("a refused request whose body %s is told that its connection ends", async (_, length) => {
  const { socket, answer, closed } = open();
  socket.write(head(length));
  expect((await answer).toLowerCase()).toMatch(/^http\/1\.1 4.*\r\nconnection: close\r\n/s);
  socket.destroy();
  await closed;
});

it("and it stays open until its body was read to the end, so that the answer is not lost", async () => {
  const { socket, answer, closed } = open();
  socket.write(`${head("transfer-encoding: chunked")}1\r\na\r\n`);
  await answer;
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  await new Promise<void>((resolve) => socket.write(`1\r\na\r\n`, () => resolve()));
  expect(isClosed).toBe(false);
  socket.write("0\r\n\r\n");
  await closed;
});

it("a refused request whose body is read to its end keeps its connection", async () => {
  const { socket, answer, closed } = open();
  socket.write(head("content-length: 3"));
  expect((await answer).toLowerCase()).toContain("connection: keep-alive");
  socket.destroy();
  await closed;
});
