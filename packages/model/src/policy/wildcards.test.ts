import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesWildcards, patternOf, patternsOverlap } from "./wildcards.ts";

/** How often a text is looked at while it is compared. */
function looks(pattern: string, text: string): number {
  let count = 0;
  matchesWildcards(patternOf(pattern), {
    length: text.length,
    charCodeAt: (index) => {
      count += 1;
      return text.charCodeAt(index);
    },
  });
  return count;
}

describe("matchesWildcards", () => {
  test("looks at a text at most as often as pattern and text are long together, whatever is hostile", () => {
    const length = 2_000;
    const text = "a".repeat(length);
    for (const pattern of ["*a".repeat(100), `${"*a".repeat(100)}b`, `${"*a*?".repeat(50)}b`, `*${"a".repeat(100)}b`]) {
      expect(looks(pattern, text)).toBeLessThanOrEqual(pattern.length * length);
    }
    expect(looks(`${"*a".repeat(100)}b`, text)).toBeLessThan(4 * length);
  });

  test("stays below that for any pattern", () => {
    const few = (...units: string[]) =>
      fc.array(fc.constantFrom(...units), { maxLength: 20 }).map((all) => all.join(""));
    fc.assert(
      fc.property(few("a", "b", "*", "?"), few("a", "b"), (pattern, text) => {
        expect(looks(pattern, text)).toBeLessThanOrEqual((pattern.length + 1) * (text.length + 1));
      }),
      { numRuns: 300 },
    );
  });
});

describe("patternsOverlap", () => {
  test.each([
    ["a*", "*b", true],
    ["a?", "?b", true],
    ["a?", "b?", false],
    ["a*b", "a", false],
    ["*", "", true],
    ["?*", "", false],
    ["arn:aws:s3:::b", "arn:*:s3:::?*/?*", false],
    ["arn:aws:s3:::b/*", "arn:*:s3:::?*/?*", true],
    ["a*c*e", "abcde", true],
    ["a*c*e", "abde", false],
    ["**a", "b*", true],
  ])("%s and %s: %s", (one, other, expected) => {
    expect(patternsOverlap(patternOf(one), patternOf(other))).toBe(expected);
    expect(patternsOverlap(patternOf(other), patternOf(one))).toBe(expected);
  });

  test("agrees with matching where one of them has no wildcards", () => {
    const few = (...units: string[]) =>
      fc.array(fc.constantFrom(...units), { maxLength: 7 }).map((all) => all.join(""));
    fc.assert(
      fc.property(few("a", "b", "*", "?"), few("a", "b"), (pattern, text) => {
        const overlap = patternsOverlap(patternOf(pattern), patternOf(text));
        expect(overlap).toBe(matchesWildcards(patternOf(pattern), text));
      }),
      { numRuns: 300 },
    );
  });
});
