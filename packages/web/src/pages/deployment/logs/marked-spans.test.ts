import { expect, test } from "vitest";
import { ansiSpans, plainText } from "./ansi.ts";
import { rangesOf } from "./log-search.ts";
import { markedSpans } from "./marked-spans.ts";

test("what is searched is marked, also across colours", () => {
  const raw = "an \x1b[31mer\x1b[0mror, Error";
  const spans = markedSpans(ansiSpans(raw), rangesOf(plainText(raw), "error"));
  expect(spans.map(({ text, isMatch, colour }) => [text, isMatch === true, colour])).toEqual([
    ["an ", false, undefined],
    ["er", true, 1],
    ["ror", true, undefined],
    [", ", false, undefined],
    ["Error", true, undefined],
  ]);
  expect(markedSpans([{ text: "abc" }], [])).toEqual([{ text: "abc" }]);
});
