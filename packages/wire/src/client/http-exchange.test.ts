import { getEventListeners, once } from "node:events";
import { Agent, createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { exchange, readAnswer } from "./http-exchange.ts";

const TIMEOUT_MILLISECONDS = 60_000;

let server: Server;
const agent = new Agent({ keepAlive: true });
afterEach(async () => {
  agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function ask(url: string, { signal, maxBytes = 1_000 }: { signal?: AbortSignal; maxBytes?: number } = {}) {
  const timeoutMs = TIMEOUT_MILLISECONDS;
  const answer = await exchange({ method: "GET", url, headers: {}, agent, timeoutMs, signal });
  return (await readAnswer(answer, { endpoint: url, maxBytes, timeoutMs, signal })).toString("utf8");
}

it("an answer that is cut off is none", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("only this", () => response.destroy());
  });
  await expect(ask(url)).rejects.toThrow(/the connection was closed before an answer came \(aborted\)/);
});

it("nor is one that is larger than what is taken, and its connection ends", async () => {
  const url = await serve((_, response) => {
    response.write("0123456789");
    response.write("0123456789");
  });
  await expect(ask(url, { maxBytes: 19 })).rejects.toThrow(/the answer is larger than 19 bytes/);
});

it("an abort ends the answer with its own reason, and whoever has been answered listens for none", async () => {
  const halted = new AbortController();
  const url = await serve((request, response) => {
    if (request.url === "/whole") response.end("whole");
    else response.write("only this", () => halted.abort(new Error("enough")));
  });
  for (let call = 0; call < 3; call++) expect(await ask(`${url}whole`, { signal: halted.signal })).toBe("whole");
  await expect.poll(() => getEventListeners(halted.signal, "abort")).toEqual([]);
  await expect(ask(url, { signal: halted.signal })).rejects.toThrow(/^enough$/);
  await expect.poll(() => getEventListeners(halted.signal, "abort")).toEqual([]);
});
