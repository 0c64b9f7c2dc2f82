import { expect, test } from "vitest";
import { growthWords } from "./growth-words.ts";

test("says by how much, and into which direction", () => {
  expect([growthWords(1, 1), growthWords(0, 1434), growthWords(1434, 0)]).toEqual([
    "the same size",
    "+1.4 KiB",
    "−1.4 KiB",
  ]);
});
