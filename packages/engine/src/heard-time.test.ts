import { describe, expect, it } from "vitest";
import { ALWAYS_HEARD, CATCH_UP_MILLISECONDS, countedMilliseconds, deadlineAt, type HeardTime } from "./heard-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const spans = (...pairs: readonly (readonly [number, number])[]): HeardTime =>
  pairs.map(([from, until]) => ({ from: from * MINUTE, until: until * MINUTE }));

describe("the time that counts against others", () => {
  it("is all of it where the server always heard", () => {
    expect(countedMilliseconds(ALWAYS_HEARD, 3 * MINUTE, 10 * MINUTE)).toBe(7 * MINUTE);
    expect(deadlineAt(ALWAYS_HEARD, 3 * MINUTE, 5 * MINUTE, 4 * MINUTE)).toBe(8 * MINUTE);
    expect(deadlineAt(ALWAYS_HEARD, 3 * MINUTE, 5 * MINUTE, 9 * MINUTE)).toBe(8 * MINUTE);
  });

  it("is nothing of a gap, and nothing of the two minutes after it", () => {
    const heard = spans([0, 10], [80, 90]);
    expect(countedMilliseconds(heard, 6 * MINUTE, 79 * MINUTE)).toBe(4 * MINUTE);
    expect(countedMilliseconds(heard, 6 * MINUTE, 80 * MINUTE + CATCH_UP_MILLISECONDS)).toBe(4 * MINUTE);
    expect(countedMilliseconds(heard, 6 * MINUTE, 90 * MINUTE)).toBe(12 * MINUTE);
  });

  it("is nothing for a server that has only just begun to hear", () => {
    expect(countedMilliseconds([], 0, 10 * HOUR)).toBe(0);
    expect(countedMilliseconds(spans([600, 601]), 0, 601 * MINUTE)).toBeLessThan(MINUTE);
  });

  it("is not cut short for what began within a stretch", () => {
    expect(countedMilliseconds(spans([80, 90]), 81 * MINUTE, 86 * MINUTE)).toBe(5 * MINUTE);
  });

  it("lets a server that hears a minute at a time come to an end, in four times the limit", () => {
    const heard = spans(...Array.from({ length: 60 }, (_, index) => [2 * index, 2 * index + 1] as const));
    expect(countedMilliseconds(heard, -1, 120 * MINUTE)).toBe(15 * MINUTE);
  });
});

describe("a deadline", () => {
  it("is as far off as what is missing, with what the next proof is expected to prove", () => {
    const heard = [{ from: 0, until: MINUTE }];
    expect(deadlineAt(heard, 0, 5 * MINUTE, MINUTE + 900)).toBe(5 * MINUTE);
  });

  it("is not past before the proof has come, and is looked at again a second later", () => {
    const now = 5 * MINUTE + 10;
    const heard = [{ from: 0, until: now - 500 }];
    expect(deadlineAt(heard, 0, 5 * MINUTE, now)).toBe(now + 1_000);
    expect(deadlineAt([{ from: 0, until: 5 * MINUTE }], 0, 5 * MINUTE, now)).toBeLessThanOrEqual(now);
  });

  it("moves on while nothing is heard", () => {
    const heard = spans([0, 4]);
    expect(deadlineAt(heard, 0, 5 * MINUTE, 10 * MINUTE)).toBe(11 * MINUTE);
    expect(deadlineAt(heard, 0, 5 * MINUTE, 3 * HOUR)).toBe(3 * HOUR + MINUTE);
  });
});
