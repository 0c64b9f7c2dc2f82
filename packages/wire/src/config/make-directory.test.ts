import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeDirectory } from "./make-directory.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-make-directory-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

it("makes every level that is missing, and tells the first", () => {
  const path = join(base, "a", "b", "c");
  expect(makeDirectory(path, 0o700)).toBe(join(base, "a"));
  expect([join(base, "a"), path].map((made) => statSync(made).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(makeDirectory(path, 0o700)).toBeUndefined();
  expect(makeDirectory("/", 0o700)).toBeUndefined();
});

it("ends, with the system's error, where nothing can be made", () => {
  writeFileSync(join(base, "file"), "");
  symlinkSync(join(base, "nowhere"), join(base, "link"));
  const codeOf = (path: string) => {
    try {
      return makeDirectory(path, 0o700);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  };
  expect(codeOf(join(base, "file"))).toBe("EEXIST");
  expect(codeOf(join(base, "file", "x"))).toBe("ENOTDIR");
  expect(codeOf(join(base, "link"))).toBe("EEXIST");
  expect(codeOf("/proc/sluice-test/x")).toBe("ENOENT");
});
