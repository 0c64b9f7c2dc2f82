import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { auditFileName } from "./audit-directory.ts";
import { AuditWriter } from "./audit-writer.ts";

const DAY = 24 * 60 * 60 * 1000;
let root: string;
let directory: string;
let now: number;
let errors: unknown[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-audit-"));
  directory = join(root, "audit");
  now = Date.parse("2026-11-30T06:00:00Z");
  errors = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function writer(maxFileBytes = 1_000_000, isAtOnce = false) {
  return new AuditWriter({
    directory,
    maxFileBytes,
    isAtOnce,
    keepDays: 30,
    timers: { now: () => now, after: () => () => {} },
    onError: (error) => errors.push(error),
    lossLine: (lost) => `lost ${lost}\n`,
  });
}

const texts = () => readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));

it("has a line in the file when the promise resolves, and for nobody else's eyes", async () => {
  const one = writer();
  const first = one.append("a\n");
  void one.append("b\n");
  await first;
  expect(texts()).toEqual(["a\nb\n"]);
  const [name = ""] = readdirSync(directory);
  expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  await one.close();
});

it("begins another file when one is large, and when one is a day old", async () => {
  const one = writer(4);
  await one.append("aaaa\n");
  await one.append("b\n");
  now += DAY + 1;
  await one.append("c\n");
  expect(texts()).toEqual(["aaaa\n", "b\n", "c\n"]);
  await one.close();
});

it("goes on with the last file, behind half a line too", async () => {
  const before = writer();
  await before.append("a\n");
  await before.append("half");
  await before.close();
  now += 1_000;
  const after = writer();
  await after.append("b\n");
  await after.close();
  expect(texts()).toEqual(["a\nhalf\nb\n"]);
});

it("removes files that are too old", async () => {
  const old = writer();
  await old.append("a\n");
  await old.close();
  now += DAY;
  const next = writer();
  await next.append("b\n");
  await next.close();
  now += 31 * DAY;
  const one = writer();
  await one.append("c\n");
  await one.close();
  // The second one was still written to until the third was begun.
  expect(texts()).toEqual(["b\n", "c\n"]);
});

it("counts what it cannot write, and says it when it can again", async () => {
  writeFileSync(directory, "no directory");
  const one = writer();
  await one.append("a\n");
  await one.append("b\n");
  expect([one.linesLost, one.linesWritten, errors.length]).toEqual([2, 0, 2]);
  expect(one.trouble).not.toBeNull();
  rmSync(directory);
  await one.append("c\n");
  expect(texts()).toEqual(["lost 2\nc\n"]);
  expect([one.linesLost, one.linesWritten, one.trouble]).toEqual([2, 1, null]);
  await one.close();
});

it("says why it cannot write before a line is lost, and writes again once that is asked", async () => {
  writeFileSync(directory, "no directory");
  const one = writer();
  expect(await one.whyNot()).toContain(directory);
  expect(one.linesLost).toBe(0);
  await one.append("a\n");
  rmSync(directory);
  expect(await one.whyNot()).toBeNull();
  expect(texts()).toEqual(["lost 1\n"]);
  await one.close();
});

it("keeps files in their order when the clock was set back", async () => {
  const one = writer(1);
  await one.append("a\n");
  now -= DAY;
  await one.append("b\n");
  await one.close();
  expect(texts()).toEqual(["a\n", "b\n"]);
  expect(readdirSync(directory)).toContain(auditFileName(now + DAY + 1));
});

it("writes at once what it can, and the rest in its order", async () => {
  const one = writer(8, true);
  const first = one.append("a\n");
  const second = one.append("b\n");
  await Promise.all([first, second]);
  void one.append("c\n");
  expect(texts()).toEqual(["a\nb\nc\n"]);
  for (const line of ["d\n", "e\n", "f\n"]) await one.append(line);
  expect(texts()).toEqual(["a\nb\nc\nd\n", "e\nf\n"]);
  expect([one.linesWritten, one.linesLost]).toEqual([6, 0]);
  await one.close();
});
