import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bindMount } from "./bind-mount.fixture.ts";
import { isRoot } from "./host.fixture.ts";
import { LOCAL_USER, startNodeAsLocalUser } from "./local-user.fixture.ts";
import { removeTreeNow } from "./remove-tree.ts";

/** More than the stack holds, were each a call. */
const LEVELS = 3_000;

let base: string;
let tree: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "sluice-tree-"));
  chmodSync(base, 0o755);
  tree = join(base, "tree");
  mkdirSync(tree);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test("a tree of any depth is removed", () => {
  const before = process.cwd();
  try {
    process.chdir(tree);
    for (let level = 0; level < LEVELS; level += 1) {
      mkdirSync("d");
      process.chdir("d");
    }
  } finally {
    process.chdir(before);
  }
  removeTreeNow(tree);
  expect(existsSync(tree)).toBe(false);
});

test("names that are not UTF-8 are removed as well", () => {
  for (const name of [Buffer.from("caf\xe9", "latin1"), Buffer.from("caf\xe8", "latin1")]) {
    const directory = Buffer.concat([Buffer.from(`${tree}/`), name]);
    mkdirSync(directory);
    writeFileSync(Buffer.concat([directory, Buffer.from("/"), name]), "");
  }
  removeTreeNow(tree);
  expect(existsSync(tree)).toBe(false);
});

describe.skipIf(!isRoot)("what is mounted in a tree (needs root, to mount)", () => {
  test("is not emptied, nor is anything removed beside it, and the message names it", ({ skip }) => {
    const kept = join(base, "kept");
    mkdirSync(kept);
    writeFileSync(join(kept, "data"), "data");
    const place = join(tree, "a place");
    mkdirSync(place);
    writeFileSync(join(tree, "file"), "");
    const unmount = bindMount(kept, place);
    skip(unmount === undefined, "mounting is not allowed here");
    try {
      expect(() => removeTreeNow(tree)).toThrow(`a file system is mounted in it at ${place}. Run: umount ${place}`);
      expect(readdirSync(kept)).toEqual(["data"]);
      expect(readdirSync(tree).sort()).toEqual(["a place", "file"]);
    } finally {
      unmount?.();
    }
    removeTreeNow(tree);
    expect(existsSync(tree)).toBe(false);
  });
});

describe.skipIf(!isRoot)("as root (needs root, to be one user and another)", () => {
  test("a directory is removed while its owner goes on filling it", async () => {
    chownSync(tree, LOCAL_USER.uid, LOCAL_USER.gid);
    const filler = startNodeAsLocalUser(
      `const fs = require("node:fs"); process.chdir(${JSON.stringify(tree)}); console.log("ready");
      for (let i = 0; ; i += 1) fs.writeFileSync("f" + i, "");`,
    );
    const ended = once(filler, "exit");
    await once(filler.stdout!, "data");
    try {
      removeTreeNow(tree);
    } finally {
      filler.kill("SIGKILL");
    }
    expect(existsSync(tree)).toBe(false);
    await ended;
  });
});
