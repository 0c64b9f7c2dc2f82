import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { expect, test } from "vitest";
import { mountSmall } from "./bind-mount.fixture.ts";
import { isRoot } from "./host.fixture.ts";
import { requireRoom, requireSpareRoom } from "./room-on-disk.ts";

test("too little room is a full disk, so that old revisions are removed for it", () => {
  let problem: unknown;
  try {
    requireRoom("The bundle", 2 ** 50, tmpdir());
  } catch (error) {
    problem = error;
  }
  expect(fullDisk(problem)).toBe("local");
  expect(() => requireRoom("The bundle", 1, tmpdir())).not.toThrow();
  expect(() => requireSpareRoom("It goes on", tmpdir())).not.toThrow();
});

test("what has no known size stops before the disk is full, of bytes or of files", ({ skip }) => {
  skip(!isRoot, "needs root, to mount");
  const directory = mkdtempSync(join(tmpdir(), "sluice-spare-room-"));
  const unmount = mountSmall(directory, 1_024, "nr_inodes=20");
  try {
    skip(unmount === undefined, "mounting is not allowed here");
    writeFileSync(join(directory, "most"), Buffer.alloc(950 * 1_024));
    expect(() => requireSpareRoom("It stops", directory)).not.toThrow();
    writeFileSync(join(directory, "more"), Buffer.alloc(20 * 1_024));
    expect(() => requireSpareRoom("It stops", directory)).toThrow(
      /^It stops, because the disk of \S+ has only \S+ KiB left\. .*df -h/,
    );
    rmSync(join(directory, "most"));
    for (let count = 0; count < 17; count += 1) writeFileSync(join(directory, String(count)), "");
    expect(() => requireSpareRoom("It stops", directory)).toThrow(
      /has room for only 1 more files \(inodes\)\. .*df -i/,
    );
  } finally {
    unmount?.();
    rmSync(directory, { recursive: true });
  }
});
