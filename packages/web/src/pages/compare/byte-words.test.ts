import { expect, test } from "vitest";
import { byteWords, growthWords } from "./byte-words.ts";

test("sizes are as exact as one wants to know", () => {
  expect([0, 812, 1_400, 9_960, 23_400_000, 4_000_000_000_000].map(byteWords)).toEqual([
    "0 bytes",
    "812 bytes",
    "1.4 KB",
    "10 KB",
    "23 MB",
    "4000 GB",
  ]);
  expect([growthWords(1, 1), growthWords(0, 1400), growthWords(1400, 0)]).toEqual([
    "the same size",
    "+1.4 KB",
    "−1.4 KB",
  ]);
});
