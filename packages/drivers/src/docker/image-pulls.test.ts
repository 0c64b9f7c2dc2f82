import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, it, vi } from "vitest";
import { openEngineApi } from "./engine-api.ts";
import { startFakeEngine } from "./fake-engine.fixture.ts";
import { createImagePulls } from "./image-pulls.ts";

async function openPulls() {
  const answers: ServerResponse[] = [];
  const { socket, asked } = await startFakeEngine({
    "POST /images/create": (_request, response) => {
      response.flushHeaders();
      answers.push(response);
    },
  });
  const end = new AbortController();
  const pulls = createImagePulls(openEngineApi(socket), end.signal);
  return {
    end: () => end.abort(),
    ask: (asker = "one") => pulls.ask("app:1", asker),
    begun: () => asked.filter((path) => path.endsWith("/images/create")).length,
    answer: async () => {
      await vi.waitFor(() => expect(answers).not.toEqual([]));
      return answers.shift()!;
    },
  };
}

const line = (value: object) => `${JSON.stringify(value)}\r\n`;

it("says how far it is, while many ask for one image", async () => {
  const { ask, begun, answer } = await openPulls();
  expect(ask()).toEqual({ state: "pulling", detail: "pulling app:1" });
  const response = await answer();
  response.write(line({ status: "Pulling from app", id: "1" }));
  response.write(line({ status: "Already exists", id: "a" }));
  response.write(line({ status: "Pulling fs layer", id: "b" }));
  const progressDetail = { current: 1_500_000, total: 3_000_000 };
  response.write(line({ status: "Downloading", id: "b", progressDetail }));
  const detail = "pulling app:1: 1 of 2 layers, 1.4 MiB of 2.9 MiB";
  await vi.waitFor(() => expect(ask("two")).toEqual({ state: "pulling", detail }));
  response.write(line({ status: "Download complete", id: "b" }));
  await vi.waitFor(() => expect(ask()).toMatchObject({ detail: "pulling app:1: 1 of 2 layers, 2.9 MiB of 2.9 MiB" }));
  response.end(line({ status: "Pull complete", id: "b" }));
  await vi.waitFor(() => expect(ask()).toMatchObject({ detail: "pulling app:1" }));
  await vi.waitFor(() => expect(begun()).toBe(2));
});

it("tells each asker once of a failure, and begins anew for who asks then", async () => {
  const { ask, answer } = await openPulls();
  ask("one");
  ask("two");
  const response = await answer();
  response.end(line({ errorDetail: { message: "no basic auth credentials" }, error: "no basic auth credentials" }));
  const failed = { state: "failed", reason: "no basic auth credentials" };
  await vi.waitFor(() => expect(ask("one")).toEqual(failed));
  expect(ask("two")).toEqual(failed);
  expect(ask("two")).toMatchObject({ state: "pulling" });
  (await answer()).destroy();
  await vi.waitFor(() => expect(ask("two")).toMatchObject({ state: "failed" }));
});

it("leaves no pull open when it ends", async () => {
  const { ask, answer, end } = await openPulls();
  ask();
  const response = await answer();
  const closed = once(response, "close");
  end();
  await closed;
  expect(response.writableFinished).toBe(false);
});
