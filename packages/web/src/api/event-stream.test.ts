import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepConnected, onSignal, streamState } from "./event-stream.ts";

// What of a browser the modules ask for when they are loaded.
vi.hoisted(() => {
  const listeners = { addEventListener: () => {}, removeEventListener: () => {} };
  const browser = { ...listeners, document: listeners, localStorage: { getItem: () => "secret" } };
  for (const [name, value] of Object.entries(browser)) vi.stubGlobal(name, value);
});
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
afterAll(() => void vi.unstubAllGlobals());

/** Goes on for ever, and says nothing. */
const openStream = () => new Response(new ReadableStream());

it("has pages fetch again what they fetched before a first connection that came late", async () => {
  vi.stubGlobal("fetch", vi.fn().mockRejectedValueOnce(new TypeError("refused")).mockImplementation(openStream));
  const heard: string[] = [];
  const stop = onSignal(({ kind }) => heard.push(kind));
  const end = keepConnected();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(streamState.get()).toBe("online");
  expect(heard).toEqual(["caught-up"]);
  end();
  stop();
});

it("does not say that a new session is live before it is connected", async () => {
  vi.stubGlobal("fetch", vi.fn().mockImplementation(openStream));
  const end = keepConnected();
  await vi.advanceTimersByTimeAsync(0);
  expect(streamState.get()).toBe("online");
  end();
  const endNext = keepConnected();
  expect(streamState.get()).toBe("connecting");
  endNext();
});
