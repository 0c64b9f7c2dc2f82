import { expect, test } from "vitest";
import { findMatches, firstFrom, MAX_MATCHES, NO_MATCHES, neighbour, rangesOf } from "./log-search.ts";

const lines = ["Error one", "fine", "error error"].map((text) => ({ text }));

test("finds each occurrence, upper and lower case alike", () => {
  const matches = findMatches(lines, "ERROR");
  expect(matches.places).toEqual([0, 2, 2]);
  expect(rangesOf("error error", "error")).toEqual([
    [0, 5],
    [6, 11],
  ]);
  expect(findMatches(lines, "")).toBe(NO_MATCHES);
});

test("looks at new lines only when the same text is searched on", () => {
  const before = findMatches(lines, "error");
  const grown = [...lines.map(() => ({ text: "never looked at again" })), { text: "an error" }];
  expect(findMatches(grown, "error", before).places).toEqual([0, 2, 2, 3]);
  expect(findMatches(grown, "again", before).places).toEqual([0, 1, 2]);
});

test("goes around the ends, and begins where one looks", () => {
  const matches = findMatches(lines, "error");
  expect(neighbour(matches, 2, 1)).toBe(0);
  expect(neighbour(matches, 0, -1)).toBe(2);
  expect(neighbour(NO_MATCHES, 0, 1)).toBe(0);
  expect(firstFrom(matches, 1)).toBe(1);
  expect(firstFrom(matches, 9)).toBe(0);
});

test("gives up counting where nobody would go on", () => {
  const many = Array.from({ length: MAX_MATCHES + 10 }, () => ({ text: "a" }));
  expect(findMatches(many, "a").places).toHaveLength(MAX_MATCHES);
});
