import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isRoot } from "../host.fixture.ts";
import { parseHostEnvironment } from "./host-environment.ts";

/** What a line gives, as `su` of util-linux with pam_env 1.5 gives it. */
const LINES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["# comment", {}],
  ["A=1", { A: "1" }],
  ["export B=two words", { B: "two words" }],
  [' C="quoted # not cut"', { C: "quoted " }],
  [`D='single "inner" x'`, { D: 'single "inner" x' }],
  ["E=plain # comment", { E: "plain " }],
  ['F="unclosed', { F: "unclosed" }],
  ["G=", { G: "" }],
  ["H-I=bad", {}],
  ["J", {}],
  ["K=trail   ", { K: "trail   " }],
  ["L=a\\\nb", { L: "ab" }],
  ['M="x"y', { M: 'x"y' }],
  ["N=back\\slash", { N: "back\\slash" }],
  ["\tO=tab", { O: "tab" }],
  ['P="trail"   ', { P: 'trail"   ' }],
  ['PATH="/usr/bin:/bin:/opt/etc"', { PATH: "/usr/bin:/bin:/opt/etc" }],
  ["Q=a=b", { Q: "a=b" }],
  ["=x", {}],
  ["export  R=two blanks", {}],
  ["S=$HOME", { S: "$HOME" }],
  ["U=no line end", { U: "no line end" }],
];
const TEXT = LINES.map(([line]) => line).join("\n");

test.each(LINES)("%j", (line, variables) => {
  expect(parseHostEnvironment(line)).toEqual(variables);
});

test("the whole file is read as su reads it", ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  const directory = mkdtempSync(join(tmpdir(), "sluice-environment-"));
  try {
    writeFileSync(join(directory, "environment"), TEXT);
    const inside =
      'mount --bind "$0" /etc/environment && grep -qs pam_env.so /etc/pam.d/su && exec env -i su nobody -s /bin/sh -c "env -0"';
    const argv = ["--mount", "sh", "-c", inside, join(directory, "environment")];
    const { status, stdout } = spawnSync("unshare", argv, { cwd: "/", encoding: "utf8" });
    skip(status !== 0, "this machine's su reads no /etc/environment, or nothing may be mounted");
    const seen = Object.fromEntries(stdout.split("\0").map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
    const names = [...new Set(TEXT.match(/\w+(?==)/g))];
    const ofSu = Object.fromEntries(names.filter((name) => name in seen).map((name) => [name, seen[name]]));
    expect(parseHostEnvironment(TEXT)).toEqual(ofSu);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
