import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DeploymentLogs } from "./deployment-logs.ts";
import type { LogLine } from "./log-line.ts";
import { MAX_TAIL_CHARACTERS, MAX_TAILS_READ_BYTES, tailKey } from "./log-tails.ts";

const ID = "d-A1B2C3111";
let directory: string;
let logs: DeploymentLogs;
let sequence = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-tails-"));
  logs = new DeploymentLogs(directory);
});
afterEach(async () => {
  await logs.close();
  await rm(directory, { recursive: true });
});

const piece = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  hostCommandIdentifier: "command-1",
  sequence: sequence++,
  targetId: "web-1",
  lifecycleEvent: "ApplicationStart",
  at: 1_700_000_000_000,
  stream: "stdout",
  scriptName: "start.sh",
  text,
  ...more,
});
const wanted = (targetId = "web-1") => tailKey({ targetId, lifecycleEvent: "ApplicationStart" });
const tailOf = async (targetId?: string) => (await logs.tails(ID, new Set([wanted(targetId)]))).get(wanted(targetId));

it("puts pieces of a stream together, and leaves out what was not asked for", async () => {
  await logs.append(ID, [
    piece("one\ntw"),
    piece("oh", { stream: "stderr" }),
    piece("o\n"),
    piece("other\n", { targetId: "web-2" }),
    piece("earlier\n", { lifecycleEvent: "BeforeInstall" }),
    piece(" no\n", { stream: "stderr" }),
    piece("end"),
  ]);
  expect(await tailOf()).toEqual([
    { stream: "stdout", text: "one" },
    { stream: "stdout", text: "two" },
    { stream: "stderr", text: "oh no" },
    { stream: "stdout", text: "end" },
  ]);
  expect(await tailOf("web-3")).toBeUndefined();
});

it("has only what the last run of the event printed", async () => {
  await logs.append(ID, [piece("first\n"), piece("again\n", { hostCommandIdentifier: "command-2" })]);
  expect(await tailOf()).toEqual([{ stream: "stdout", text: "again" }]);
});

it("keeps the end of long output, also when it was compressed", async () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => piece(`line ${index} ${"x".repeat(20)}\n`));
  await logs.append(ID, lines);
  await logs.finish(ID);
  const tail = (await tailOf()) ?? [];
  expect(tail.at(-1)?.text).toMatch(/^line 1999 /);
  const characters = tail.reduce((sum, { text }) => sum + text.length + 1, 0);
  expect(characters).toBeGreaterThanOrEqual(MAX_TAIL_CHARACTERS);
  expect(characters).toBeLessThan(MAX_TAIL_CHARACTERS + 100);
});

it("reads the newest part of a long log only", async () => {
  await logs.append(ID, [piece("too old\n", { targetId: "web-2" })]);
  const mebibyte = "x".repeat(1024 * 1024);
  for (let index = 0; index <= MAX_TAILS_READ_BYTES / (1024 * 1024); index += 1) {
    await logs.append(ID, [piece(mebibyte, { targetId: `other-${index}` })]);
  }
  await logs.append(ID, [piece("new\n")]);
  expect(await tailOf("web-2")).toBeUndefined();
  expect(await tailOf()).toEqual([{ stream: "stdout", text: "new" }]);
});
