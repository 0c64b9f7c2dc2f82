import { expect, it } from "vitest";
import { matchesPattern } from "./name-pattern.ts";

it.each([
  ["*", "anything", true],
  ["a", "a", true],
  ["a", "ab", false],
  ["a*", "abc", true],
  ["*c", "abc", true],
  ["a*c", "ac", true],
  ["a*bc*c", "abc", false],
  ["a*b*c", "a-b-b-c", true],
  ["ab*ba", "aba", false],
  ["a.c", "abc", false],
  ["arn:aws:s3:::x-*/app/*", "arn:aws:s3:::x-1/app/b.zip", true],
])("the pattern %s and the name %s: %s", (pattern, name, expected) => {
  expect(matchesPattern(pattern, name)).toBe(expected);
});
