import { describe, expect, it } from "vitest";
import { GrowingBuffer } from "./growing-buffer.ts";

const MAXIMUM_BYTES = 100_000;

function grown(...pieces: readonly string[]): GrowingBuffer {
  const buffer = new GrowingBuffer();
  for (const piece of pieces) buffer.add(Buffer.from(piece), MAXIMUM_BYTES);
  return buffer;
}

describe("a buffer that grows", () => {
  it.each([
    ["nothing", []],
    ["one piece", ["one"]],
    ["small pieces", ["one", "two", "three"]],
    ["pieces for which it grows again and again", ["one", "2".repeat(20_000), "3".repeat(30_000), "4".repeat(49_997)]],
  ])("has its pieces in their order: %s", (_, pieces) => {
    const buffer = grown(...pieces);
    expect(buffer.whole().toString()).toBe(pieces.join(""));
    expect(buffer.heldBytes).toBeLessThanOrEqual(MAXIMUM_BYTES);
  });

  it("says before a piece comes what it will hold with it", () => {
    const buffer = new GrowingBuffer();
    for (const bytes of [1, 10, 20_000, 60_000, 19_989]) {
      const foretold = buffer.heldBytesWith(bytes, MAXIMUM_BYTES);
      buffer.add(Buffer.alloc(bytes), MAXIMUM_BYTES);
      expect(buffer.heldBytes).toBe(foretold);
    }
  });

  it("holds nothing after its release", () => {
    const buffer = grown("one", "two");
    buffer.release();
    expect({ held: buffer.heldBytes, text: buffer.whole().toString() }).toEqual({ held: 0, text: "" });
  });

  it("lets nobody lose what they still have: a piece, or the whole", () => {
    const piece = Buffer.from("one");
    const single = new GrowingBuffer();
    single.add(piece, MAXIMUM_BYTES);
    const double = grown("one", "two");
    const whole = double.whole();
    for (const buffer of [single, double]) buffer.release();
    expect([piece.toString(), whole.toString()]).toEqual(["one", "onetwo"]);
  });
});
