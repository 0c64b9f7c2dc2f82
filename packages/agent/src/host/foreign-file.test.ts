import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readForeignFile } from "./foreign-file.ts";

const MAX_BYTES = 10;

let base: string;
let path: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-foreign-"));
  path = join(base, "file");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const read = () => readForeignFile(path, MAX_BYTES);

test("a file is read, by way of a link, too", () => {
  writeFileSync(join(base, "other"), "0123456789");
  symlinkSync("other", path);
  expect(String(read())).toBe("0123456789");
});

test("a larger one is not", () => {
  writeFileSync(path, "0123456789a");
  expect(read).toThrow("has 11 bytes, more than the limit of 10");
});

test("nor is one without a size, which may have no end", () => {
  symlinkSync("/proc/self/status", path);
  expect(read).toThrow("has more content than its size says");
});

test("a pipe is not waited for", () => {
  execFileSync("mkfifo", [path]);
  expect(read).toThrow("is not a file");
});

test("a device is not read", () => {
  symlinkSync("/dev/zero", path);
  expect(read).toThrow("is not a file");
});

test("what is not there is told as that", () => {
  expect(read).toThrow("ENOENT");
});
