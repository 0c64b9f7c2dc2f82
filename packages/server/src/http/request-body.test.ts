import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { CallerHungUp, readBody } from "./request-body.ts";
import { UnprovedBodies } from "./unproved-bodies.ts";

function request(headers: Record<string, string> = {}): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

describe("the body of a request", () => {
  it("is read whole", async () => {
    const message = request();
    const body = readBody(message, { maximumBytes: 10 });
    for (const part of ["one", "two", null]) message.push(part);
    expect((await body).bytes.toString()).toBe("onetwo");
  });

  it("takes little more room than it has bytes, however small its pieces are", async () => {
    const pieces = 20_000;
    const unproved = new UnprovedBodies();
    const message = request();
    const body = readBody(message, { maximumBytes: pieces, unproved });
    for (let index = 0; index < pieces; index += 1) message.push(String(index % 10));
    message.push(null);
    const { bytes, close } = await body;
    expect(bytes.toString()).toBe("0123456789".repeat(pieces / 10));
    expect(unproved.bytes).toBeLessThan(2 * pieces);
    close();
    expect(unproved.bytes).toBe(0);
  });

  it("gives way when too much of others is waited for: the oldest half goes, what is whole stays", async () => {
    const unproved = new UnprovedBodies(20);
    const limits = { maximumBytes: 10, unproved };
    const [whole, half, next] = [request(), request(), request()];
    const bodies = [whole, half, next].map((message) => readBody(message, limits));
    whole.push("12345678");
    whole.push(null);
    const first = await bodies[0];
    half.push("12345678");
    next.push("12345678");
    await expect(bodies[1]).rejects.toMatchObject({ code: "ServiceUnavailableException" });
    next.push(null);
    expect((await bodies[2])?.bytes.toString()).toBe("12345678");
    expect(unproved).toMatchObject({ bytes: 16, peakBytes: 16, givenUp: 1 });
    first?.close();
    (await bodies[2])?.close();
    expect(unproved).toMatchObject({ bytes: 0, peakBytes: 16 });
  });

  it.each([
    ["that says so", request({ "content-length": "11" }), ["one"]],
    ["that does not say so", request(), ["123456", "123456"]],
  ])("is refused when it is too large: one %s", async (_, message, parts) => {
    const body = readBody(message, { maximumBytes: 10 });
    for (const part of parts) message.push(part);
    await expect(body).rejects.toMatchObject({ code: "RequestEntityTooLargeException" });
    expect(message.destroyed).toBe(false);
  });

  it("is refused when it does not come", async () => {
    const message = request();
    const body = readBody(message, { maximumBytes: 10, maximumMilliseconds: 1 });
    message.push("one");
    await expect(body).rejects.toMatchObject({ code: "RequestTimeoutException" });
  });

  it("is nobody's fault when the caller hangs up", async () => {
    const message = request();
    const body = readBody(message, { maximumBytes: 10 });
    message.push("one");
    message.destroy();
    await expect(body).rejects.toBeInstanceOf(CallerHungUp);
  });
});
