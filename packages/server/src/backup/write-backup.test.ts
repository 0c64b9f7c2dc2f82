import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { backupEntries, verifyBackup } from "@sluice/wire/backup/backup-reader.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dataDirectory } from "../store/data-directory.ts";
import { openStore } from "../store/open-store.ts";
import { restoreBackup } from "./restore-backup.ts";
import { writeBackup } from "./write-backup.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-write-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("has the lines of a log that is compressed after its folder was listed", async () => {
  const directory = dataDirectory(folder);
  const logs = join(directory.logs, "d-1");
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, "output.ndjson"), "first\n");
  writeFileSync(join(logs, "output.6.ndjson"), "second\n");
  writeFileSync(join(logs, "output.13-20.ndjson.gz.unfinished"), "half of it");
  const store = await openStore({ dataDirectory: folder });
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date() });
  const pieces: Buffer[] = [];
  const { signal } = new AbortController();
  try {
    await writeBackup({ store, bucket, directory, now: Date.now }, { hasLogs: true, signal }, async (bytes) => {
      pieces.push(Buffer.from(bytes));
      // The first by name: the folder is listed, and the other one goes.
      if (Buffer.from(bytes).equals(Buffer.from("second\n")))
        renameSync(join(logs, "output.ndjson"), join(logs, "output.0-6.ndjson.gz"));
    });
  } finally {
    bucket.close();
    await store.close();
  }
  const file = join(folder, "backup.tar");
  writeFileSync(file, Buffer.concat(pieces));
  await verifyBackup(file);
  const paths: string[] = [];
  for await (const { path } of backupEntries(file)) paths.push(path);
  expect(paths.filter((path) => path.startsWith("logs/"))).toEqual([
    "logs/d-1/output.6.ndjson",
    "logs/d-1/output.0-6.ndjson.gz",
  ]);
});

it("restores every version of an object, and is refused by a program that knows none", async () => {
  const directory = dataDirectory(join(folder, "old"));
  mkdirSync(directory.root, { recursive: true });
  const store = await openStore({ dataDirectory: directory.root });
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date() });
  const pieces: Buffer[] = [];
  const write = async (bytes: Uint8Array) => {
    pieces.push(Buffer.from(bytes));
  };
  const put = async (text: string) => {
    const body = (async function* () {
      yield Buffer.from(text);
    })();
    return (await bucket.put("releases", "web.zip", body, { attributes: { headers: {}, metadata: {} } })).versionId!;
  };
  const versions: string[] = [];
  try {
    bucket.createBucket("releases");
    bucket.setVersioning("releases", "Enabled");
    for (const text of ["first", "second"]) versions.push(await put(text));
    await bucket.delete("releases", "web.zip");
    const { signal } = new AbortController();
    await writeBackup({ store, bucket, directory, now: Date.now }, { hasLogs: false, signal }, write);
  } finally {
    bucket.close();
    await store.close();
  }
  const file = join(folder, "backup.tar");
  writeFileSync(file, Buffer.concat(pieces));
  expect((await verifyBackup(file)).manifest.format).toBe(2);
  const data = join(folder, "new");
  await restoreBackup({ file, dataDirectory: data, now: Date.now });
  const restored = await openBucketStore({ directory: dataDirectory(data).bucket, now: () => new Date() });
  try {
    expect(() => restored.head("releases", "web.zip")).toThrow("does not exist");
    for (const [index, text] of ["first", "second"].entries()) {
      const open = restored.open("releases", "web.zip", versions[index]);
      for await (const chunk of open.read()) expect(chunk.toString()).toBe(text);
      open.close();
    }
  } finally {
    restored.close();
  }
});
