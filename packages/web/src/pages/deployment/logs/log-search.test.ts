import { expect, test } from "vitest";
import { findMatches, firstFrom, MAX_MATCHES, NO_MATCHES, neighbour, rangesOf, type Searched } from "./log-search.ts";

const searched = (lines: readonly string[]): Searched => ({
  count: lines.length,
  textAt: (place) => lines[place] ?? "",
});
const lines = ["Error one", "fine", "error error"];

test("finds each occurrence, upper and lower case alike", () => {
  expect(findMatches(searched(lines), "ERROR").places).toEqual([0, 2, 2]);
  expect(rangesOf("error error", "error")).toEqual([
    [0, 5],
    [6, 11],
  ]);
  expect(findMatches(searched(lines), "")).toBe(NO_MATCHES);
});

test("looks at new lines only when the same text is searched on", () => {
  const before = findMatches(searched(lines), "error");
  const grown = searched([...lines.map(() => "never looked at again"), "an error"]);
  expect(findMatches(grown, "error", before).places).toEqual([0, 2, 2, 3]);
  expect(findMatches(grown, "again", before).places).toEqual([0, 1, 2]);
});

test("looks at as many lines at once as it may", () => {
  const first = findMatches(searched(lines), "error", NO_MATCHES, 2);
  expect(first).toMatchObject({ places: [0], looked: 2 });
  expect(findMatches(searched(lines), "error", first, 2)).toMatchObject({ places: [0, 2, 2], looked: 3 });
});

test("goes around the ends, and begins where one looks", () => {
  const matches = findMatches(searched(lines), "error");
  expect(neighbour(matches, 2, 1)).toBe(0);
  expect(neighbour(matches, 0, -1)).toBe(2);
  expect(neighbour(NO_MATCHES, 0, 1)).toBe(0);
  expect(firstFrom(matches, 1)).toBe(1);
  expect(firstFrom(matches, 9)).toBe(0);
});

test("gives up counting where nobody would go on", () => {
  const many = { count: MAX_MATCHES + 10, textAt: () => "a" };
  expect(findMatches(many, "a").places).toHaveLength(MAX_MATCHES);
});
