import { expect, test } from "vitest";
import { durationWords, tickingWords } from "./duration-words.ts";

test("is as exact as one wants to know", () => {
  const said = [-5, 0, 440, 3_000, 12_900, 60_000, 185_000, 7_800_000, 90_000_000].map(durationWords);
  expect(said).toEqual(["0 s", "0 s", "0.4 s", "3 s", "12 s", "1 min", "3 min 5 s", "2 h 10 min", "1 d 1 h"]);
  expect(tickingWords(2_940)).toBe("2 s");
});
