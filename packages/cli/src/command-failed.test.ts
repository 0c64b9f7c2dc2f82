import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeError } from "./command-failed.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-errors-"));
  writeFileSync(join(directory, "file"), "");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a person is told of reading this path. */
function saidOf(...names: string[]): string {
  try {
    readFileSync(join(directory, ...names));
  } catch (error) {
    return describeError(error).replaceAll(directory, "/data");
  }
  throw new Error("it can be read");
}

test("the system's errors of files are told in words, without its codes", () => {
  expect(saidOf("none")).toBe("/data/none does not exist");
  expect(saidOf("file", "x")).toBe("/data/file/x cannot exist: a part of its path is a file, not a directory");
  const raw = (code: string) =>
    Object.assign(new Error(`${code}: raw words`), { code, path: "/data/x", syscall: "open" });
  expect(describeError(raw("EISDIR"))).toBe("/data/x is a directory, but a file is expected");
  for (const code of ["EACCES", "EPERM"]) {
    expect(describeError(raw(code))).toBe(
      "permission denied: this user cannot use /data/x. See its owner and mode: ls -ld /data/x",
    );
  }
  expect(describeError(raw("EROFS"))).toContain("a read-only file system");
});

test("a service's error has its code, a bug its stack, and everything else its message", () => {
  expect(describeError(new ServiceError("SomeException", "No.", 400, undefined))).toBe("No. (SomeException)");
  expect(describeError(new TypeError("x is undefined"))).toContain("at ");
  expect(describeError(new Error("plain"))).toBe("plain");
});
