import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parser, type ReadEntry } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleDirectory } from "./bundle-directory.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-bundle-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function entriesOf(
  bytes: Buffer,
): Promise<{ path: string; type: string; isExecutable: boolean; uid: number | undefined }[]> {
  const entries: { path: string; type: string; isExecutable: boolean; uid: number | undefined }[] = [];
  const parser = new Parser({
    onReadEntry: (entry: ReadEntry) => {
      entries.push({
        path: entry.path,
        type: entry.type,
        isExecutable: ((entry.mode ?? 0) & 0o100) !== 0,
        uid: entry.uid,
      });
      entry.resume();
    },
  });
  const done = new Promise((resolve) => parser.on("end", resolve));
  parser.end(bytes);
  await done;
  return entries;
}

test("a bundle holds files, executable bits, links and empty directories, in order, without .git and owners", async () => {
  await writeFile(join(directory, "appspec.yml"), "version: 0.0\n");
  await mkdir(join(directory, "scripts"));
  await mkdir(join(directory, "empty"));
  await mkdir(join(directory, ".git"));
  await writeFile(join(directory, ".git", "HEAD"), "");
  await writeFile(join(directory, "scripts", "start.sh"), "#!/bin/sh\n");
  await chmod(join(directory, "scripts", "start.sh"), 0o755);
  await symlink("scripts/start.sh", join(directory, "run"));
  const { bytes, fileCount } = await bundleDirectory(directory);
  expect(await entriesOf(bytes)).toEqual([
    { path: "appspec.yml", type: "File", isExecutable: false, uid: undefined },
    { path: "empty/", type: "Directory", isExecutable: true, uid: undefined },
    { path: "run", type: "SymbolicLink", isExecutable: expect.any(Boolean), uid: undefined },
    { path: "scripts/start.sh", type: "File", isExecutable: true, uid: undefined },
  ]);
  expect(fileCount).toBe(4);
});

test("the same files give the same bundle, whenever they were written", async () => {
  await writeFile(join(directory, "appspec.yml"), "version: 0.0\n");
  const first = await bundleDirectory(directory);
  await utimes(join(directory, "appspec.yml"), new Date(0), new Date(0));
  expect((await bundleDirectory(directory)).sha256).toBe(first.sha256);
  await writeFile(join(directory, "appspec.yml"), "version: 0.0\nos: linux\n");
  expect((await bundleDirectory(directory)).sha256).not.toBe(first.sha256);
});

test("what cannot be a revision is refused with its cure", async () => {
  await expect(bundleDirectory(join(directory, "absent"))).rejects.toThrow(
    "absent does not exist. Name the directory that contains appspec.yml",
  );
  await expect(bundleDirectory(directory)).rejects.toThrow("has no appspec.yml");
});
