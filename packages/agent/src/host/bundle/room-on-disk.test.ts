import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leastUnpackedBytes, requireRoom } from "./room-on-disk.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-room-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("what a bundle unpacks to is known before it is unpacked, as far as it says so", async () => {
  const bytes = Buffer.alloc(300_000, "x");
  const file = (name: string, content: Buffer) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  expect(await leastUnpackedBytes(file("a.tar", bytes), "tar")).toBe(300_000);
  expect(await leastUnpackedBytes(file("a.tgz", gzipSync(bytes)), "tgz")).toBe(300_000);
  execFileSync("python3", [
    "-c",
    "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w', 8) as z:\n for n in 'ab': z.writestr(n, 'x' * 1000)",
    join(directory, "a.zip"),
  ]);
  expect(await leastUnpackedBytes(join(directory, "a.zip"), "zip")).toBe(2_000);
  expect(await leastUnpackedBytes(file("b.zip", bytes), "zip"), "the unpacker says what is wrong with it").toBe(0);
});

test("too little room is a full disk, so that old revisions are removed for it", () => {
  let problem: unknown;
  try {
    requireRoom("The bundle", 2 ** 50, directory);
  } catch (error) {
    problem = error;
  }
  expect(fullDisk(problem)).toBe("local");
  expect(() => requireRoom("The bundle", 1, directory)).not.toThrow();
});
