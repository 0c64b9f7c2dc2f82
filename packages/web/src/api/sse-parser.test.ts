import fc from "fast-check";
import { expect, it } from "vitest";
import { signalOf } from "./live-signal.ts";
import { createSseParser, type SseFrame } from "./sse-parser.ts";

function parse(...pieces: readonly string[]): SseFrame[] {
  const frames: SseFrame[] = [];
  const push = createSseParser((frame) => frames.push(frame));
  for (const piece of pieces) push(piece);
  return frames;
}

const STREAM =
  ': events\n\nid: 7\nevent: TargetSucceeded\ndata: {"a":1}\n\n: still here\n\nevent: notice\r\ndata: one\r\ndata: two\r\n\r\nid: 8\ndata: cut off';

it("hands over whole frames, without comments and without one that is cut off", () => {
  expect(parse(STREAM)).toEqual([
    { id: "7", event: "TargetSucceeded", data: '{"a":1}' },
    { id: undefined, event: "notice", data: "one\ntwo" },
  ]);
});

it("reads the same wherever the stream is cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 6 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const pieces = places.slice(1).map((end, index) => STREAM.slice(places[index], end));
      expect(parse(...pieces)).toEqual(parse(STREAM));
    }),
  );
});

it("makes a signal of events and notices, and nothing of what it does not know", () => {
  const data = JSON.stringify({
    deploymentId: "d-1",
    sequence: 3,
    at: "2026-11-30T02:00:00.000Z",
    type: "X",
    targetId: "i-1",
  });
  expect(signalOf({ id: "7", event: "X", data })).toEqual({
    kind: "event",
    eventId: 7,
    deploymentId: "d-1",
    sequence: 3,
    at: new Date("2026-11-30T02:00:00.000Z"),
    type: "X",
    body: { targetId: "i-1" },
  });
  const changed = { kind: "changed", what: "hosts" };
  expect(signalOf({ event: "notice", data: JSON.stringify(changed) })).toEqual(changed);
  expect(signalOf({ event: "notice", data: '{"kind":"connected","eventId":"7"}' })).toBeUndefined();
  expect(signalOf({ event: "X", data: "no JSON" })).toBeUndefined();
});
