import { once } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sendAnswer } from "./s3-answer.ts";
import { type SilentClient, silentClient } from "./silent-client.fixture.ts";

/** Longer than the limit. */
const A_LONG_TIME = 10 * 60_000;

let client: SilentClient;

beforeEach(async () => {
  client = await silentClient();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await client.close();
});

it("a refused upload whose rest does not come is answered and let go", async () => {
  const { socket, request, response } = client;
  const answered = sendAnswer(request, response, { status: 403, xml: "<Error/>" });
  vi.advanceTimersByTime(A_LONG_TIME);
  await answered;
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1\.1 403 .*<Error\/>$/s);
});
