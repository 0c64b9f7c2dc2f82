import { tmpdir } from "node:os";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { expect, test } from "vitest";
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
