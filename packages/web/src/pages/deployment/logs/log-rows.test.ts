import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test } from "vitest";
import { appendEntries, EMPTY_LOG } from "./log-line.ts";
import { logRows } from "./log-rows.ts";
import { logItems } from "./log-view.ts";

const texts = ["ab", "x".repeat(25), "", "日本語日本語", "y".repeat(10)];
const entry: LogEntry = {
  targetId: "i-1",
  hostName: "web-1",
  lifecycleEvent: "Install",
  at: new Date(0),
  stream: "stdout",
  scriptName: "x.sh",
  text: `${texts.join("\n")}\n`,
};
const items = logItems(appendEntries(EMPTY_LOG, [entry]).lines, { mode: "raw", level: "all" });

test("lines that are not wrapped are rows", () => {
  const rows = logRows(items, undefined);
  expect([rows.total, rows.before(3), rows.itemAt(2.7), rows.itemAt(99)]).toEqual([5, 3, 2, 4]);
});

test("lines that are wrapped take as many rows as they need", () => {
  const rows = logRows(items, 10);
  expect(texts.map((_, index) => rows.before(index))).toEqual([0, 1, 4, 5, 7]);
  expect(rows.total).toBe(8);
  expect([0, 1, 3, 4, 5, 6, 7, 50].map(rows.itemAt)).toEqual([0, 1, 1, 2, 3, 3, 4, 4]);
});
