import { expect, it } from "vitest";
import { countEdits } from "./edit-distance.ts";

it.each([
  ["", "", 0],
  ["deploy", "deploy", 0],
  ["deploy", "deplyo", 1],
  ["deploy", "depoy", 1],
  ["deploy", "deplooy", 1],
  ["deploy", "destroy", 3],
  ["ab", "ba", 1],
  ["a", "abcde", 4],
])("%s and %s are %i edits apart, either way", (one, other, edits) => {
  expect(countEdits(one, other, 3)).toBe(edits);
  expect(countEdits(other, one, 3)).toBe(edits);
});
