import fc from "fast-check";
import { expect, it } from "vitest";
import { lineDifference, MAX_COMPARED_LINES } from "./line-difference.ts";

const marked = (from: string, to: string) =>
  lineDifference(from, to).map(({ kind, text }) => `${{ same: " ", added: "+", removed: "-" }[kind]}${text}`);

it("shows what was added and removed among what stayed", () => {
  expect(marked("a\nb\nc\nd\n", "a\nc\nd\ne\n")).toEqual([" a", "-b", " c", " d", "+e"]);
  expect(marked("a\nb\n", "a\nx\n")).toEqual([" a", "-b", "+x"]);
  expect(marked("", "a\n")).toEqual(["+a"]);
  expect(marked("a", "")).toEqual(["-a"]);
  expect(marked("", "")).toEqual([]);
  expect(marked("a\r\nb\r\n", "a\nb")).toEqual([" a", " b"]);
});

it("gives back both texts, and never more edits than removing all and adding all", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = lineDifference(from.join("\n"), to.join("\n"));
      const of = (kind: string) => lines.filter((line) => line.kind !== kind).map((line) => line.text);
      // A text of one empty line is an empty text.
      expect(of("added")).toEqual(from);
      expect(of("removed")).toEqual(to);
      expect(lines.filter(({ kind }) => kind !== "same").length).toBe(from.length + to.length - 2 * common(from, to));
    }),
  );
});

/** The longest common subsequence, by the book. */
function common(one: readonly string[], other: readonly string[]): number {
  const table = Array.from({ length: one.length + 1 }, () => Array<number>(other.length + 1).fill(0));
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      table[i]![j] =
        one[i - 1] === other[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[one.length]![other.length]!;
}

it("takes texts that are too long or too different as wholes", () => {
  const long = (word: string, lines: number) =>
    Array.from({ length: lines }, (_, index) => `${word}${index}`).join("\n");
  expect(lineDifference(long("a", 2_000), long("b", 2_000))).toHaveLength(4_000);
  expect(lineDifference(long("a", MAX_COMPARED_LINES + 1), "x")).toHaveLength(MAX_COMPARED_LINES + 2);
});
