import fc from "fast-check";
import { expect, test } from "vitest";
import { type SseFrame, sseFrames } from "./sse-frames.ts";

async function framesOf(pieces: readonly Uint8Array[]): Promise<SseFrame[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const frames: SseFrame[] = [];
  for await (const frame of sseFrames(stream())) frames.push(frame);
  return frames;
}

const STREAM =
  ': hello\n\nid: 7\nevent: targetSucceeded\ndata: {"host":"wéb"}\n\ndata: a\ndata:b\n\n: beat\n\nid: 8\r\ndata: c\r\n\r\ndata: cut';
const FRAMES = [
  { id: "7", event: "targetSucceeded", data: '{"host":"wéb"}' },
  { id: "7", event: "message", data: "a\nb" },
  { id: "8", event: "message", data: "c" },
];

test("events are the same however the stream is cut", async () => {
  const bytes = new TextEncoder().encode(STREAM);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(await framesOf(pieces)).toEqual(FRAMES);
    }),
  );
});
