import { describe, expect, it } from "vitest";
import { PIECES_FREE, PieceBudget } from "./piece-budget.ts";

/** How many of the pieces are taken before the first that is not. */
function taken(pieces: Iterable<number>): number {
  const budget = new PieceBudget();
  let count = 0;
  for (const bytes of pieces) {
    if (!budget.take(bytes)) break;
    count += 1;
  }
  return count;
}

const repeated = (pieces: number, ...bytes: readonly number[]) =>
  Array.from({ length: pieces }, (_, index) => bytes[index % bytes.length]!);

describe("the pieces of a body", () => {
  it.each([
    ["packets of a link that carries the least", repeated(100_000, 500)],
    ["chunks of an SDK, each with its head and its end written alone", repeated(100_000, 85, 8192, 2)],
    ["the same over such a link", repeated(100_000, 85, ...repeated(16, 500), 192, 2)],
    ["some small ones", repeated(PIECES_FREE, 1)],
    ["some small ones after a large one", [1024 * 1024, ...repeated(4096, 1)]],
  ])("are taken: %s", (_, pieces) => {
    expect(taken(pieces)).toBe(pieces.length);
  });

  it.each([1, 100])("of %i bytes each are not, past a few", (bytes) => {
    expect(taken(repeated(100_000, bytes))).toBeLessThan(2 * PIECES_FREE);
  });
});
