import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleDirectory } from "./bundle-directory.ts";

let base: string;
let directory: string;
let unpacked: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-pack-"));
  directory = join(base, "revision");
  unpacked = join(base, "unpacked");
  for (const made of [directory, unpacked]) mkdirSync(made);
  put("appspec.yml", "version: 0.0\nos: linux\n");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

async function packAndUnpack(): Promise<void> {
  const { bytes } = await bundleDirectory(directory);
  writeFileSync(join(base, "bundle.tgz"), bytes);
  execFileSync("tar", ["-xpzf", join(base, "bundle.tgz"), "-C", unpacked]);
}

test("what tar unpacks is the directory: odd names, links of every kind, files of holes", async () => {
  const names = [
    "@scope/pkg/a.js",
    "c:/x",
    "c:y",
    "\\\\server\\share",
    "-rf",
    " a ",
    "ü/é",
    "~",
    `${"l".repeat(200)}/${"m".repeat(120)}`,
  ];
  for (const name of names) put(name, name);
  const links = {
    python: "/usr/bin/python3",
    up: "../../..",
    dir: "ü",
    nowhere: "x/y",
    "@link": "@scope",
    long: "t/".repeat(150),
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(directory, name));
  put("twice", "2");
  linkSync(join(directory, "twice"), join(directory, "second"));
  put("holes", "start");
  truncateSync(join(directory, "holes"), 3_000_000);
  mkdirSync(join(directory, "empty"));
  await packAndUnpack();
  const tree = (root: string) =>
    execFileSync("find", [root, "-mindepth", "1", "-printf", "%P %y\\0"], { encoding: "utf8" }).split("\0").sort();
  expect(tree(unpacked)).toEqual(tree(directory));
  for (const name of names) expect(readFileSync(join(unpacked, name), "utf8")).toBe(name);
  for (const [name, target] of Object.entries(links)) expect(readlinkSync(join(unpacked, name))).toBe(target);
  expect(readFileSync(join(unpacked, "second"), "utf8")).toBe("2");
  expect(readFileSync(join(unpacked, "holes"))).toEqual(readFileSync(join(directory, "holes")));
  expect(lstatSync(join(unpacked, "empty")).isDirectory()).toBe(true);
});

test("what hosts refuse is refused before the upload, each by its name", async () => {
  const at = (name: string) => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, "latin1")]);
  writeFileSync(at("caf\xe9"), "1");
  writeFileSync(at("caf\xe8"), "2");
  symlinkSync(Buffer.from("caf\xe9", "latin1"), join(directory, "to-latin1"));
  put("new\nline", "");
  execFileSync("mkfifo", [join(directory, "pipe")]);
  const failure = (await bundleDirectory(directory).catch((error: unknown) => error)) as Error;
  expect(failure.message.split("\n").sort()).toEqual([
    expect.stringMatching(/^ {2}"caf\\xe8": its name is not UTF-8\. Rename it/),
    expect.stringMatching(/^ {2}"caf\\xe9": its name is not UTF-8\. Rename it/),
    '  "new\\nline": its name contains a line break, which the list of installed files cannot contain. Rename it.',
    '  "pipe": it is not a file, a directory or a link. Remove it from the directory.',
    '  "to-latin1": it is a link whose target is not UTF-8. Rename what it leads to.',
    `${directory} cannot be deployed, because hosts refuse these entries:`,
  ]);
  expect(existsSync(join(base, "bundle.tgz"))).toBe(false);
});
