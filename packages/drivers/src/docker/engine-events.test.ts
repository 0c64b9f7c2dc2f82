import type { ServerResponse } from "node:http";
import { expect, it, vi } from "vitest";
import { openEngineApi } from "./engine-api.ts";
import { watchEvents } from "./engine-events.ts";
import { startFakeEngine } from "./fake-engine.fixture.ts";

it("tells of each event, and of what may have been missed after the engine was away", async () => {
  const streams: ServerResponse[] = [];
  const { socket } = await startFakeEngine({
    "GET /events": (_request, response) => {
      response.flushHeaders();
      streams.push(response);
    },
  });
  const seen: (string | undefined)[] = [];
  const stopping = new AbortController();
  const watch = watchEvents(openEngineApi(socket), "a1", (id) => seen.push(id), stopping.signal);
  await vi.waitFor(() => expect(seen).toEqual([undefined]));
  const event = (id: string) => `${JSON.stringify({ Type: "container", Action: "die", Actor: { ID: id } })}\n`;
  streams[0]?.write(event("c1") + event("c2").slice(0, 20));
  await vi.waitFor(() => expect(seen).toEqual([undefined, "c1"]));
  streams[0]?.write(event("c2").slice(20));
  await vi.waitFor(() => expect(seen).toEqual([undefined, "c1", "c2"]));
  streams[0]?.destroy();
  await vi.waitFor(() => expect(streams).toHaveLength(2), { timeout: 10_000 });
  await vi.waitFor(() => expect(seen).toEqual([undefined, "c1", "c2", undefined, undefined]));
  stopping.abort();
  await watch;
});

it("tells when the engine is heard no longer, and once more when it refuses to be", async () => {
  let stream: ServerResponse | undefined;
  let refusals = 0;
  const { socket } = await startFakeEngine({
    "GET /events": (_request, response) => {
      if (stream) {
        refusals += 1;
        response.writeHead(503).end("{}");
        return;
      }
      response.flushHeaders();
      stream = response;
    },
  });
  let told = 0;
  const stopping = new AbortController();
  const tell = () => {
    told += 1;
  };
  const watch = watchEvents(openEngineApi(socket), "a1", tell, stopping.signal);
  await vi.waitFor(() => expect(told).toBe(1), { timeout: 10_000 });
  stream?.destroy();
  await vi.waitFor(() => expect(refusals).toBeGreaterThanOrEqual(3));
  expect(told).toBe(3);
  stopping.abort();
  await watch;
});

it("waits for an engine that is not there, until it is told to stop", async () => {
  const stopping = new AbortController();
  const watch = watchEvents(openEngineApi("/nowhere/docker.sock"), "a1", () => expect.unreachable(), stopping.signal);
  stopping.abort();
  await watch;
});
