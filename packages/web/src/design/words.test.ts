import { expect, it } from "vitest";
import { formatSort, nextSort, parseSort, sortRows } from "./sort.ts";
import { durationWords, relativeWords } from "./time-words.ts";

const SECOND = 1000;

it.each([
  [0, "0s"],
  [-5 * SECOND, "0s"],
  [59 * SECOND, "59s"],
  [185 * SECOND, "3m 05s"],
  [7440 * SECOND, "2h 04m"],
  [273_600 * SECOND, "3d 4h"],
])("says %d ms as %s", (milliseconds, words) => expect(durationWords(milliseconds)).toBe(words));

it("says how long ago, until the date says more", () => {
  const now = Date.UTC(2026, 10, 30);
  const words = [0, 12, 300, 7200, 3 * 86_400, 8 * 86_400].map((seconds) => relativeWords(now - seconds * SECOND, now));
  expect(words).toEqual(["just now", "12 s ago", "5 min ago", "2 h ago", "3 d ago", undefined]);
  expect(relativeWords(now + 90 * SECOND, now)).toBe("in 1 min");
});

it("sorts by a column either way, numbers in names by their size, and rows without a value last", () => {
  const rows = ["host-10", "host-9", undefined, "host-1"];
  const sorted = (text: string) => sortRows(rows, parseSort(text, "name"), (row) => row);
  expect(sorted("name")).toEqual(["host-1", "host-9", "host-10", undefined]);
  expect(sorted("-name")).toEqual(["host-10", "host-9", "host-1", undefined]);
});

it("turns the order at the second press on a header", () => {
  expect(formatSort(nextSort(nextSort(undefined, "name"), "name"))).toBe("-name");
  expect(formatSort(nextSort(parseSort("-name", "at"), "at"))).toBe("at");
});
