import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { removeData, requireNoMountIn } from "./remove-data.ts";

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-data-"));
  data = join(root, "agent");
  return () => rmSync(root, { recursive: true });
});

function fill(directory: string): void {
  mkdirSync(join(directory, "group", "d-1"), { recursive: true });
  writeFileSync(join(directory, "credentials.json"), "{}");
  symlinkSync(root, join(directory, "group", "out"));
}

/** @returns what unmounts it; undefined where mounting is not allowed */
function mountOn(directory: string): (() => void) | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", directory], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return () => execFileSync("umount", [directory]);
}

it("takes the key away also where the agent's directory is a link", async () => {
  fill(join(root, "large-disk"));
  symlinkSync(join(root, "large-disk"), data);
  await removeData(data);
  expect(readdirSync(root)).toEqual([]);
});

it("empties a directory that is a file system of its own", async ({ skip }) => {
  mkdirSync(data);
  const unmount = mountOn(data);
  skip(unmount === undefined, "needs root, to mount");
  try {
    fill(data);
    await requireNoMountIn(data);
    await removeData(data);
    expect(readdirSync(data)).toEqual([]);
  } finally {
    unmount?.();
  }
});

it("keeps off what a hook mounted in it, before anything is removed", async ({ skip }) => {
  fill(data);
  const mounted = join(data, "group", "d-1");
  const unmount = mountOn(mounted);
  skip(unmount === undefined, "needs root, to mount");
  try {
    writeFileSync(join(mounted, "customers"), "all");
    await expect(requireNoMountIn(data)).rejects.toThrow(`umount ${mounted}`);
    await expect(removeData(data)).rejects.toThrow();
    expect(existsSync(join(mounted, "customers"))).toBe(true);
  } finally {
    unmount?.();
  }
  await requireNoMountIn(data);
  await removeData(data);
  expect(lstatSync(data, { throwIfNoEntry: false })).toBeUndefined();
});
