import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { installProgram } from "./install-program.ts";
import { Undo } from "./undo.ts";

/** Of a file system without hard links. */
const noLinks = () => {
  throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
};
let root: string;
let programs: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-programs-"));
  programs = join(root, "lib/agent");
  return () => rmSync(root, { recursive: true });
});

/** @returns what undoes or keeps it */
function install(text: string, areLinksThere = true): Undo {
  const undo = new Undo();
  const file = join(root, "program");
  writeFileSync(file, text);
  installProgram(file, { programs, supervise: "supervise", ...(areLinksThere ? {} : { link: noLinks }) }, undo);
  return undo;
}
const texts = () =>
  Object.fromEntries(readdirSync(programs).map((name) => [name, readFileSync(join(programs, name), "utf8")]));

it.each([[true], [false]])(
  "keeps the program of before as previous, on a file system with hard links: %j",
  (areThere) => {
    for (const text of ["one", "two", "three"]) install(text, areThere).keep();
    expect(texts()).toEqual({ current: "three", previous: "two", supervise: "supervise" });
  },
);

it.each([[true], [false]])("leaves both programs as they were when it is undone, with hard links: %j", (areThere) => {
  for (const text of ["one", "two"]) install(text, areThere).keep();
  install("three", areThere).run();
  expect(texts()).toEqual({ current: "two", previous: "one", supervise: "supervise" });
  rmSync(programs, { recursive: true });
  install("one").run();
  expect(readdirSync(root)).toEqual(["program"]);
});

it("says what is free and what is needed before it writes to a disk that is too small", ({ skip }) => {
  mkdirSync(programs, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", programs], { stdio: "ignore" });
  } catch {
    skip("needs root, to mount");
  }
  try {
    expect(() => install("x".repeat(3_000_000))).toThrow(
      /has 1\.0 MiB free, and the program needs 2\.9 MiB\. Free some space/,
    );
    expect(readdirSync(programs)).toEqual([]);
  } finally {
    execFileSync("umount", [programs]);
  }
});
