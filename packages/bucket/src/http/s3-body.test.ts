import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openBody } from "./s3-body.ts";
import { type SilentClient, silentClient } from "./silent-client.fixture.ts";

const AUTHORIZATION = { payloadHash: "UNSIGNED-PAYLOAD" } as Parameters<typeof openBody>[2]["authorization"];
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

it("an upload that stands still is broken off", async () => {
  const { request } = client;
  const body = openBody(
    request,
    { "content-length": "10" },
    { authorization: AUTHORIZATION, secretAccessKey: "" },
    () => false,
  );
  const chunks: string[] = [];
  const read = async () => {
    for await (const chunk of body.stream()) chunks.push(Buffer.from(chunk).toString());
  };
  const reading = read();
  reading.catch(() => {});
  await vi.waitFor(() => expect(chunks).toEqual(["abc"]));
  vi.advanceTimersByTime(A_LONG_TIME);
  await expect(reading).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  expect(request.socket.destroyed).toBe(true);
});
