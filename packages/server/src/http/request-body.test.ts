import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { CallerHungUp, readBody } from "./request-body.ts";

function request(headers: Record<string, string> = {}): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

describe("the body of a request", () => {
  it("is read whole", async () => {
    const message = request();
    const body = readBody(message, 10);
    for (const part of ["one", "two", null]) message.push(part);
    expect((await body).toString()).toBe("onetwo");
  });

  it.each([
    ["that says so", request({ "content-length": "11" }), ["one"]],
    ["that does not say so", request(), ["123456", "123456"]],
  ])("is refused when it is too large: one %s", async (_, message, parts) => {
    const body = readBody(message, 10);
    for (const part of parts) message.push(part);
    await expect(body).rejects.toMatchObject({ code: "RequestEntityTooLargeException" });
    expect(message.destroyed).toBe(false);
  });

  it("is refused when it does not come", async () => {
    const message = request();
    const body = readBody(message, 10, 1);
    message.push("one");
    await expect(body).rejects.toMatchObject({ code: "RequestTimeoutException" });
  });

  it("is nobody's fault when the caller hangs up", async () => {
    const message = request();
    const body = readBody(message, 10);
    message.push("one");
    message.destroy();
    await expect(body).rejects.toBeInstanceOf(CallerHungUp);
  });
});
