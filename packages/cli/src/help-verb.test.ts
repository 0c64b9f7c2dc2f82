import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runProgram } from "./program.ts";
import { VERBS } from "./verb-table.ts";

let printed: string;
beforeEach(() => {
  printed = "";
  const write = (text: unknown) => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(write);
  vi.spyOn(process.stderr, "write").mockImplementation(write);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

test.each([
  ["help hosts list", 0, /^Usage: sluice hosts list /],
  ["help hosts", 0, /^Usage: sluice hosts /],
  ["help version", 0, /^Usage: sluice version /],
  ["help", 0, /^Usage: sluice \[options\]/],
  ["help nope", 2, /^error: unknown command 'nope'/],
  ["help hosts nope", 2, /^error: unknown command 'nope' of sluice hosts/],
])("sluice %s", async (words, exitCode, said) => {
  await runProgram(words.split(" "), VERBS);
  expect(printed).toMatch(said);
  expect(process.exitCode ?? 0).toBe(exitCode);
});
