import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  MAX_RUNTIME_CONNECTIONS,
  MAX_UNANSWERED_REQUESTS,
  openRuntimeApi,
  type RuntimeApi,
  type RuntimeListener,
} from "./runtime-api.ts";

const ROOT = "/2018-06-01/runtime";
const answered: string[] = [];
/** It has one open request, and never an event. */
const listener: RuntimeListener = {
  onNext: () => undefined,
  isOpen: (requestId) => requestId === "r-1",
  onResponse: (_requestId, ending) => {
    answered.push(ending.outcome === "whole" ? ending.body.toString() : ending.outcome);
    return true;
  },
  onError: () => true,
  onInitError: () => undefined,
};

describe("a runtime that asks for too much", () => {
  let api: RuntimeApi;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    answered.length = 0;
    api = await openRuntimeApi(listener, async () => true);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    api.close();
  });

  const open = async (): Promise<Socket> => {
    const socket = connect(Number(api.address.split(":")[1]), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };
  const post = (requestId: string, bytes: number) =>
    `POST ${ROOT}/invocation/${requestId}/response HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`;
  const statusOf = async (socket: Socket): Promise<string> => String((await once(socket, "data"))[0]).slice(9, 12);
  const closed = (socket: Socket) => (socket.destroyed ? undefined : once(socket.resume(), "close"));

  it("sends an answer after the other, however many it begins", async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    first.write(`${post("r-1", 5)}fi`);
    first.write("r");
    third.write(`GET ${ROOT}/nothing HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await statusOf(third)).toBe("404");
    second.write(`${post("r-1", 6)}second`);
    for (let asked = 0; asked < 3; asked += 1) {
      third.write(`GET ${ROOT}/nothing HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(await statusOf(third)).toBe("404");
    }
    first.write("st");
    expect([await statusOf(first), await statusOf(second)]).toEqual(["202", "202"]);
    expect(answered).toEqual(["first", "second"]);
  });

  it("is not kept waiting by an answer that it broke off", async () => {
    const [first, second] = [await open(), await open()];
    first.write(`${post("r-1", 5)}fir`);
    second.write(`${post("r-1", 6)}second`);
    first.destroy();
    expect(await statusOf(second)).toBe("202");
    expect(answered).toEqual(["second"]);
  });

  it("is told at once of a request that is not open, before it sent its answer", async () => {
    const socket = await open();
    socket.write(post("r-2", 6_000_000));
    expect(await statusOf(socket)).toBe("400");
  });

  it("is cut off when it sends requests without waiting for answers", async () => {
    const socket = await open();
    socket.write(`GET ${ROOT}/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(MAX_UNANSWERED_REQUESTS + 1));
    await closed(socket);
  });

  it("gets so many connections, and no more", async () => {
    const kept: Socket[] = [];
    for (let each = 0; each < MAX_RUNTIME_CONNECTIONS; each += 1) kept.push(await open());
    await closed(await open());
    kept[0]!.write(post("r-2", 0));
    expect(await statusOf(kept[0]!)).toBe("400");
  });
});
