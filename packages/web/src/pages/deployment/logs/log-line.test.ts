import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test } from "vitest";
import { appendEntries, EMPTY_LOG, placeOfLine } from "./log-line.ts";

const AT = new Date("2026-11-30T02:00:00Z");
const entry = (text: string, more: Partial<LogEntry> = {}): LogEntry => ({
  targetId: "i-1",
  hostName: "web-1",
  lifecycleEvent: "ApplicationStart",
  at: AT,
  stream: "stdout",
  scriptName: "start.sh",
  text,
  ...more,
});

test("an entry of several lines is several lines, numbered within its target and event", () => {
  const log = appendEntries(EMPTY_LOG, [
    entry("one\ntwo\n"),
    entry("other\n", { targetId: "i-2" }),
    entry("three\n\n"),
    entry("stopped\n", { lifecycleEvent: "ApplicationStop" }),
  ]);
  expect(log.lines.map(({ targetId, number, text }) => `${targetId} ${number} ${text}`)).toEqual([
    "i-1 1 one",
    "i-1 2 two",
    "i-2 1 other",
    "i-1 3 three",
    "i-1 4 ",
    "i-1 1 stopped",
  ]);
  expect(placeOfLine(log.lines, { targetId: "i-1", lifecycleEvent: "ApplicationStart", number: 3 })).toBe(3);
  expect(placeOfLine(log.lines, { targetId: "i-1", lifecycleEvent: "ApplicationStart", number: 5 })).toBe(-1);
});

test("the rest of a line comes with a later entry, whatever other streams and targets write between", () => {
  const first = appendEntries(EMPTY_LOG, [entry("down"), entry("err\n", { stream: "stderr" })]);
  const second = appendEntries(first, [entry("x\n", { targetId: "i-2" }), entry("load"), entry("ed\nnext")]);
  expect(second.lines.map(({ text, number }) => `${number} ${text}`)).toEqual([
    "1 downloaded",
    "2 err",
    "1 x",
    "3 next",
  ]);
  expect(second.revision).not.toBe(first.revision);
  expect(appendEntries(second, [entry("\nlast")]).lines.map(({ text }) => text)).toEqual([
    "downloaded",
    "err",
    "x",
    "next",
    "last",
  ]);
});

test("the oldest lines are let go, and the numbers stay", () => {
  let log = EMPTY_LOG;
  for (let line = 1; line <= 25; line += 1) log = appendEntries(log, [entry(`${line}\n`)], 20);
  expect(log.lines.length).toBeLessThanOrEqual(20);
  expect(log.dropped + log.lines.length).toBe(25);
  expect(log.lines.at(-1)).toMatchObject({ number: 25, text: "25" });
  expect(log.lines[0]?.number).toBe(log.dropped + 1);
});

test("lines know how serious they are", () => {
  const { lines } = appendEntries(EMPTY_LOG, [entry("ok\n\x1b[31mERROR: no route\x1b[0m\n")]);
  expect(lines.map(({ level, isInteresting, text }) => [level, isInteresting, text])).toEqual([
    ["plain", false, "ok"],
    ["error", true, "ERROR: no route"],
  ]);
});
