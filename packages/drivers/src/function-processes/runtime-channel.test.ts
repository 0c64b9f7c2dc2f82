import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { MAX_FUNCTION_ANSWER_BYTES } from "./function-faults.ts";
import type { RuntimeEvent, RuntimeListener } from "./runtime-api.ts";
import { serveRuntimeChannel } from "./runtime-channel.ts";

const EVENT: RuntimeEvent = {
  requestId: "8f5a6f0e-0000-4000-8000-000000000001",
  deadline: 1_796_000_000_000,
  invokedFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:shop",
  clientContext: '{"custom":"Ä"}',
  payload: Buffer.from('{"n":1}'),
};

function frame(kind: string, text = "", body = "", lengths = [text.length, Buffer.byteLength(body)]): Buffer {
  const head = Buffer.alloc(9);
  head.write(kind, "latin1");
  head.writeUInt32LE(lengths[0]!, 1);
  head.writeUInt32LE(lengths[1]!, 5);
  return Buffer.concat([head, Buffer.from(text), Buffer.from(body)]);
}

/** One end of a channel, with what was heard of it and sent to it. */
function open(isKnown = true) {
  const heard: unknown[] = [];
  const sent: Buffer[] = [];
  let isBroken = false;
  let give: ((event: RuntimeEvent) => void) | undefined;
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      sent.push(chunk);
      done();
    },
  });
  const listener: RuntimeListener = {
    onNext: (answer) => {
      give = answer;
      heard.push("next");
    },
    isOpen: () => isKnown,
    onResponse: (requestId, ending) => {
      heard.push([requestId, "body" in ending && ending.body.toString("utf8")]);
      return isKnown;
    },
    onError: (requestId, errorType, body) => {
      heard.push([requestId, errorType, body.toString("utf8")]);
      return isKnown;
    },
    onInitError: (errorType, body) => void heard.push([errorType, body.toString("utf8")]),
  };
  serveRuntimeChannel(socket, listener, () => {
    isBroken = true;
  });
  return {
    heard,
    sent: () => Buffer.concat(sent),
    say: (bytes: Buffer) => void socket.emit("data", bytes),
    give: (event: RuntimeEvent) => give?.(event),
    isBroken: () => isBroken,
  };
}

describe("the channel of our own runtimes", () => {
  it("hears an answer and the next question together, and in any pieces", () => {
    const said = Buffer.concat([
      frame("R", "id-1", '"Ä"'),
      frame("N"),
      frame("E", "id-2 TypeError", "{}"),
      frame("L", "id-3 ", "{}"),
    ]);
    const expected = [["id-1", '"Ä"'], "next", ["id-2", "TypeError", "{}"], ["id-3", "", "{}"]];
    for (const size of [1, 2, 9, 10, 13, said.length]) {
      const channel = open();
      for (let at = 0; at < said.length; at += size) channel.say(said.subarray(at, at + size));
      expect(channel.heard).toEqual(expected);
      expect(channel.isBroken()).toBe(false);
      expect(channel.sent()).toEqual(frame("H"));
    }
  });

  it("hears why a function does not start, once", () => {
    const channel = open();
    channel.say(frame("I", "Runtime.ImportModuleError", "{}"));
    expect(channel.isBroken()).toBe(false);
    channel.say(frame("I", "Runtime.ImportModuleError", "{}"));
    expect(channel.heard).toEqual([["Runtime.ImportModuleError", "{}"]]);
    expect(channel.sent()).toEqual(frame("H"));
    expect(channel.isBroken()).toBe(true);
  });

  it.each([7, 100_000])("gives an event with a payload of %i bytes", (bytes) => {
    const channel = open();
    channel.say(frame("N"));
    const payload = Buffer.alloc(bytes, "1");
    channel.give({ ...EVENT, payload });
    const sent = channel.sent();
    const bodyStart = 9 + sent.readUInt32LE(1);
    expect(sent.toString("latin1", 0, 1)).toBe("V");
    expect(JSON.parse(sent.toString("utf8", 9, bodyStart))).toEqual([
      EVENT.requestId,
      EVENT.deadline,
      EVENT.invokedFunctionArn,
      "Root=1-8f5a6f0e-000040008000000000000001;Sampled=0",
      EVENT.clientContext,
    ]);
    expect(sent.readUInt32LE(5)).toBe(bytes);
    expect(sent.subarray(bodyStart)).toEqual(payload);
  });

  it.each<[string, Buffer]>([
    ["no frame", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a kind that there is not", frame("X")],
    ["a text that is too long", frame("E", "", "", [4_097, 0])],
    ["a body that is too long", frame("R", "", "", [0, MAX_FUNCTION_ANSWER_BYTES + 1])],
    ["the same question twice", Buffer.concat([frame("N"), frame("N")])],
  ])("reads nothing after %s", (_, bytes) => {
    const channel = open();
    channel.say(bytes);
    expect(channel.isBroken()).toBe(true);
    const { length } = channel.heard;
    channel.say(frame("R", "id-1", "1"));
    expect(channel.heard).toHaveLength(length);
  });

  it("reads nothing after an answer that nobody waits for", () => {
    const channel = open(false);
    channel.say(Buffer.concat([frame("R", "id-9", "1"), frame("I", "Late", "{}")]));
    expect(channel.heard).toEqual([["id-9", "1"]]);
    expect(channel.isBroken()).toBe(true);
  });
});
