import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sendAnswer } from "./s3-answer.ts";
import { openBody } from "./s3-body.ts";

/** Longer than both limits. */
const A_LONG_TIME = 10 * 60_000;
const AUTHORIZATION = { payloadHash: "UNSIGNED-PAYLOAD" } as Parameters<typeof openBody>[2]["authorization"];

let server: Server;
let client: Socket;
let received: Promise<[IncomingMessage, ServerResponse]>;

/** A client that announces ten bytes, sends three, and then neither sends nor hangs up. */
beforeEach(async () => {
  server = createServer();
  received = once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write("PUT /bucket/key HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\nabc");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
});
afterEach(async () => {
  vi.useRealTimers();
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

it("a refused upload whose rest does not come is answered and let go", async () => {
  const [request, response] = await received;
  const answered = sendAnswer(request, response, { status: 403, xml: "<Error/>" });
  vi.advanceTimersByTime(A_LONG_TIME);
  await answered;
  let text = "";
  client.on("data", (chunk) => {
    text += chunk.toString();
  });
  await once(client, "close");
  expect(text).toMatch(/^HTTP\/1\.1 403 .*<Error\/>$/s);
});

it("an upload that stands still is broken off", async () => {
  const [request] = await received;
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
