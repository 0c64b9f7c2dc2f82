import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readLines, verifyBackup } from "./backup-reader.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-backup-reader-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["a text", "# Not a backup\n".repeat(100), "is not a tar archive"],
  ["a short text", "# Not a backup\n", "is not a tar archive"],
  ["nothing", "", "is not a tar archive"],
  ["a compressed file", gzipSync("anything"), "is compressed: gunzip it first"],
])("says what was taken for a backup: %s", async (_what, content, told) => {
  const file = join(folder, "backup.tar");
  writeFileSync(file, content);
  await expect(verifyBackup(file)).rejects.toThrow(`${file} ${told}`);
});

it("says that there is no such file, and that it is a directory", async () => {
  const missing = join(folder, "missing.tar");
  await expect(verifyBackup(missing)).rejects.toThrow(`${missing} does not exist`);
  await expect(verifyBackup(folder)).rejects.toThrow(`${folder} is a directory, not a backup file`);
});

it("reads lines across pieces, of an entry that is larger than memory should hold", async () => {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (const piece of ['{"a":1}\n{"b', '":', '"é', '"}\n', "\n", '{"c":3}']) yield Buffer.from(piece);
  }
  const entry = { path: "bucket/index.jsonl", size: 2 ** 40, read: pieces };
  expect(await readLines(entry, "backup.tar")).toEqual([{ a: 1 }, { b: "é" }, { c: 3 }]);
});
