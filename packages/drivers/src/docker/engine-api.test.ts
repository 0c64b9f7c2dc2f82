import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import { openEngineApi, readVersion } from "./engine-api.ts";
import { askEngine } from "./engine-request.ts";
import { FAKE_VERSION, startFakeEngine } from "./fake-engine.fixture.ts";

const never = new AbortController().signal;
const LIST = { method: "GET", path: "/containers/json" } as const;
const versionOf = (values: object) => Buffer.from(JSON.stringify({ ...FAKE_VERSION.json, ...values }));

describe("the version of the API", () => {
  it.each([
    ["of 20.10", { ApiVersion: "1.41", MinAPIVersion: "1.12" }, "1.41"],
    ["of a newer engine that still speaks it", { ApiVersion: "1.48", MinAPIVersion: "1.24" }, "1.41"],
    ["of an engine that speaks it no more", { ApiVersion: "1.52", MinAPIVersion: "1.44" }, "1.44"],
    ["of an engine that does not say its oldest", { ApiVersion: "1.43", MinAPIVersion: undefined }, "1.41"],
  ])("is the oldest that has what is needed: %s", (_name, values, api) => {
    expect(readVersion(versionOf(values), "/s").api).toBe(api);
  });

  it.each([
    [{ ApiVersion: "1.40", Version: "19.03.15" }, /is of version 19.03.15, and 20.10 or newer is needed/],
    [{ ApiVersion: undefined }, /does not say its version/],
    [{ Os: "windows" }, /runs containers of windows/],
  ])("is refused: %j", (values, message) => {
    expect(() => readVersion(versionOf(values), "/s")).toThrow(message);
  });

  it("is asked for once, and again when another engine answers", async () => {
    let least = "1.24";
    const { socket, asked } = await startFakeEngine({
      "GET /version": (_request, response) => {
        response.end(versionOf({ ApiVersion: "1.52", MinAPIVersion: least }));
      },
      "GET /containers/json": (request, response) => {
        const isOld = least === "1.44" && request.url?.startsWith("/v1.41/");
        response.statusCode = isOld ? 400 : 200;
        response.end(isOld ? '{"message":"client version 1.41 is too old"}' : "[]");
      },
    });
    const api = openEngineApi(socket);
    for (const _ of [1, 2]) expect(await api.ask(LIST, never)).toEqual([]);
    expect(asked).toEqual(["GET /version", "GET /v1.41/containers/json", "GET /v1.41/containers/json"]);
    least = "1.44";
    expect(await api.ask(LIST, never)).toEqual([]);
    expect(asked.slice(3)).toEqual(["GET /v1.41/containers/json", "GET /version", "GET /v1.44/containers/json"]);
  });
});

describe("a question to the engine", () => {
  it.each([
    ["is no JSON", "<html>", /answers with what is not JSON: set socket in the binding/],
    ["is refused without a message", undefined, /^it answered 500$/],
  ])("fails when the answer %s", async (_name, text, message) => {
    const { socket } = await startFakeEngine({
      "GET /containers/json": (_request, response) => {
        response.statusCode = text === undefined ? 500 : 200;
        response.end(text);
      },
    });
    await expect(openEngineApi(socket).ask(LIST, never)).rejects.toThrow(message);
  });

  it("fails when the answer breaks off", async () => {
    const { socket } = await startFakeEngine({
      "GET /containers/json": (_request, response) => {
        response.writeHead(200, { "content-length": 100 });
        response.write("[", () => response.destroy());
      },
    });
    await expect(openEngineApi(socket).ask(LIST, never)).rejects.toThrow(/broke off its answer/);
  });

  it("fails when there is no answer in time, and says to what", async () => {
    const { socket } = await startFakeEngine({ "GET /info": () => {} });
    const asking = askEngine({ socket, agent: new Agent() }, { method: "GET", path: "/info" }, never, 50);
    await expect(asking).rejects.toThrow(`the Docker Engine at ${socket} did not answer GET /info within 0.05 s`);
  });

  it("is asked again when the engine has closed a connection that was kept", async () => {
    const { socket, asked, cut } = await startFakeEngine({ "GET /containers/json": { json: [] } });
    const api = openEngineApi(socket);
    await api.ask(LIST, never);
    cut();
    expect(await api.ask(LIST, never)).toEqual([]);
    expect(asked).toHaveLength(3);
  });
});
