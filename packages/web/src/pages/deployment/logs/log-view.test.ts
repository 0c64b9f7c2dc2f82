import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test } from "vitest";
import { appendEntries, EMPTY_LOG } from "./log-line.ts";
import { logItems } from "./log-view.ts";

const text = ["a", "b", "c", "d", "ERROR: one", "e", "f", "g", "WARN: two", "h", "i", "j", "k"].join("\n");
const entry: LogEntry = {
  targetId: "i-1",
  hostName: "web-1",
  lifecycleEvent: "Install",
  at: new Date(0),
  stream: "stdout",
  scriptName: "x.sh",
  text: `${text}\n`,
};
const { lines } = appendEntries(EMPTY_LOG, [entry]);
const said = (choice: Parameters<typeof logItems>[1]) => {
  const items = logItems(lines, choice);
  return Array.from({ length: items.count }, (_, index) => {
    const item = items.at(index);
    return item?.kind === "gap" ? `${item.count} more` : item?.line.text;
  });
};

test("raw is every line", () => {
  expect(said({ mode: "raw", level: "all" })).toEqual(text.split("\n"));
  expect(logItems(lines, { mode: "raw", level: "all" }).indexOf(7)).toBe(7);
});

test("interesting lines keep what stands around them", () => {
  expect(said({ mode: "interesting", level: "all" })).toEqual([
    "2 more",
    "c",
    "d",
    "ERROR: one",
    "e",
    "f",
    "g",
    "WARN: two",
    "h",
    "i",
    "2 more",
  ]);
});

test("a level leaves lines out, and says how many", () => {
  const choice = { mode: "raw", level: "error" } as const;
  expect(said(choice)).toEqual(["4 more", "ERROR: one", "8 more"]);
  const items = logItems(lines, choice);
  expect([0, 4, 5, 12].map(items.indexOf)).toEqual([0, 1, 2, 2]);
  expect(said({ mode: "interesting", level: "error" }).filter((each) => each?.startsWith("WARN"))).toEqual([]);
});
