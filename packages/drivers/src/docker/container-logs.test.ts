import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LogReader, MAX_LINE_CHARACTERS, MAX_LOG_BYTES } from "./container-logs.ts";

const TIME = "2026-11-29T16:33:13.123456789Z";
const at = Date.UTC(2026, 10, 29, 16, 33, 13, 123);

function frame(stream: number, text: string): Buffer {
  const content = Buffer.from(`${TIME} ${text}`);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

function read(...chunks: readonly Buffer[]) {
  const reader = new LogReader();
  for (const chunk of chunks) reader.take(chunk);
  return reader.lines();
}

describe("a container's log", () => {
  const whole = Buffer.concat([frame(1, "one\n"), frame(2, "zwei ü\n"), frame(1, "\n"), frame(0, "stdin\n")]);
  const lines = [
    { at, stream: "stdout", text: "one" },
    { at, stream: "stderr", text: "zwei ü" },
    { at, stream: "stdout", text: "" },
  ];

  it("is read however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length })), (cuts) => {
        const ends = [...cuts.sort((one, other) => one - other), whole.length];
        expect(read(...ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end)))).toEqual(lines);
      }),
    );
  });

  it("joins what a long line was cut into, stream by stream", () => {
    const parts = [frame(1, "aaa"), frame(2, "err\n"), frame(1, "bbb"), frame(1, "ccc\n"), frame(1, "open")];
    expect(read(...parts).map(({ text }) => text)).toEqual(["err", "aaabbbccc", "open"]);
  });

  it("cuts a line without end, and says so", () => {
    const part = "x".repeat(16_384);
    const [line] = read(...Array.from({ length: 9 }, () => frame(1, part)), frame(1, "\n"));
    expect(line?.text).toBe(`${"x".repeat(MAX_LINE_CHARACTERS)} … (cut)`);
  });

  it("keeps the newest when there is too much", () => {
    const text = "y".repeat(MAX_LINE_CHARACTERS / 2);
    const many = Array.from({ length: 300 }, (_, index) => frame(1, `${index} ${text}\n`));
    const kept = read(...many);
    expect(kept.at(-1)?.text).toMatch(/^299 /);
    expect(kept.length).toBe(Math.floor(MAX_LOG_BYTES / (text.length + 4)));
  });
});
