import { expect, test } from "vitest";
import { diffItems } from "./diff-hunks.ts";

const same = (text: string) => ({ kind: "same", text }) as const;
const lines = [
  ...Array.from({ length: 6 }, (_, number) => same(`a${number}`)),
  { kind: "removed", text: "old" } as const,
  { kind: "added", text: "new" } as const,
  ...Array.from({ length: 5 }, (_, number) => same(`b${number}`)),
];
const said = (unfolded?: ReadonlySet<number>) =>
  diffItems(lines, unfolded).map((item) =>
    item.kind === "fold"
      ? `fold ${item.from} ${item.count}`
      : `${item.from ?? "-"} ${item.to ?? "-"} ${item.line.text}`,
  );

test("equal lines far from a change are folded, and both sides are numbered", () => {
  expect(said()).toEqual([
    "fold 1 3",
    "4 4 a3",
    "5 5 a4",
    "6 6 a5",
    "7 - old",
    "- 7 new",
    "8 8 b0",
    "9 9 b1",
    "10 10 b2",
    "fold 11 2",
  ]);
});

test("a fold opens", () => {
  expect(said(new Set([11])).slice(-3)).toEqual(["10 10 b2", "11 11 b3", "12 12 b4"]);
});
