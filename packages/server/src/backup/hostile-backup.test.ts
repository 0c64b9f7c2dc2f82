import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BACKUP_FORMAT,
  BLOBS_PREFIX,
  BUCKET_INDEX_PATH,
  DATABASE_PREFIX,
  LOGS_PREFIX,
  MANIFEST_PATH,
} from "@sluice/wire/backup/backup-format.ts";
import { encodeTarHeader, TAR_BLOCK_BYTES } from "@sluice/wire/backup/backup-tar-header.ts";
import { BackupWriter } from "@sluice/wire/backup/backup-writer.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { MIGRATIONS } from "../store/migrations.ts";
import { openStore } from "../store/open-store.ts";
import { restoreBackup, restoreTables } from "./restore-backup.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hostile-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MANIFEST = {
  format: BACKUP_FORMAT,
  version: "0.0.0",
  takenAt: "2026-11-28T00:00:00.000Z",
  database: "sqlite",
  migrations: MIGRATIONS.map(({ name }) => name),
  hasLogs: true,
};

/** A backup with right checksums, whose author chose what is in it. */
async function backupOf(entries: Readonly<Record<string, string>>, manifest: unknown = MANIFEST): Promise<string> {
  const pieces: Uint8Array[] = [];
  const writer = new BackupWriter(async (bytes) => void pieces.push(Buffer.from(bytes)), new Date(0));
  await writer.add(MANIFEST_PATH, Buffer.from(JSON.stringify(manifest)));
  for (const [path, text] of Object.entries(entries)) await writer.add(path, Buffer.from(text));
  await writer.end();
  const file = join(folder, "backup.tar");
  writeFileSync(file, Buffer.concat(pieces));
  return file;
}

async function expectRefused(file: string, message: RegExp): Promise<void> {
  const dataDirectory = join(folder, "data");
  await expect(restoreBackup({ file, dataDirectory, now: () => 0 })).rejects.toThrow(message);
  expect(existsSync(dataDirectory)).toBe(false);
}

const object = (blob: unknown) =>
  [
    { bucket: { name: "releases", createdAt: 0 } },
    {
      object: {
        bucket: "releases",
        key: "web.zip",
        sizeBytes: 4,
        etag: "e",
        modifiedAt: 0,
        checksum: null,
        attributes: "{}",
        segments: [{ blob, sizeBytes: 4 }],
      },
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

it("a good backup made this way is restored", async () => {
  const blob = "0".repeat(32);
  const file = await backupOf({ [BUCKET_INDEX_PATH]: object(blob), [`${BLOBS_PREFIX}${blob}`]: "four" });
  await restoreBackup({ file, dataDirectory: join(folder, "data"), now: () => 0 });
  expect(existsSync(join(folder, "data", "bucket", "blobs", "00", blob))).toBe(true);
});

it("has its files in their place before the database is written, which nobody could empty if one of them failed", async () => {
  const dataDirectory = join(folder, "data");
  const file = await backupOf({ [`${LOGS_PREFIX}d-1/output.ndjson`]: "line\n" });
  let found: readonly string[] = [];
  // Asked within the transaction.
  const now = () => {
    found = readdirSync(dataDirectory);
    return 0;
  };
  await restoreBackup({ file, dataDirectory, now });
  expect(found).toEqual(expect.arrayContaining(["database.json", "logs"]));
});

it("keeps the database's transaction idle for none of the entries that come after its rows", async () => {
  const whole = await backupOf({
    [`${DATABASE_PREFIX}settings.000001.jsonl`]: '{"name":"a","value":"b"}\n',
    [BUCKET_INDEX_PATH]: "",
  });
  const bytes = readFileSync(whole);
  // Whoever reads past the bucket's index finds no header.
  const file = join(folder, "cut.tar");
  writeFileSync(file, bytes.subarray(0, bytes.indexOf(BUCKET_INDEX_PATH) + TAR_BLOCK_BYTES));
  const store = await openStore({ dataDirectory: ":memory:" });
  try {
    await store.write((transaction) => restoreTables(transaction, file, new Set(["settings"])));
    expect(await store.db.selectFrom("settings").selectAll().execute()).toEqual([{ name: "a", value: "b" }]);
  } finally {
    await store.close();
  }
});

it("rows that come after other entries, which would be left out, are refused", async () => {
  const rows = { [`${DATABASE_PREFIX}settings.000001.jsonl`]: '{"name":"a","value":"b"}\n' };
  await expectRefused(await backupOf({ [BUCKET_INDEX_PATH]: "", ...rows }), /settings\.000001\.jsonl comes after/);
});

it.each([["../../../../../../etc/passwd"], ["00/../../../secret"], [["0".repeat(32)]]])(
  "an object whose bytes are said to lie at %j is refused: the server would read and delete them there",
  async (blob) => {
    await expectRefused(await backupOf({ [BUCKET_INDEX_PATH]: object(blob) }), /is not a valid name of a blob/);
  },
);

it.each(["sqlite_sequence", "migrations", "pg_authid"])(
  "rows for the table %s, which is not Sluice's, are refused",
  async (table) => {
    const file = await backupOf({ [`${DATABASE_PREFIX}${table}.000001.jsonl`]: '{"name":"x"}\n' });
    await expectRefused(file, /a table that is not Sluice's/);
  },
);

it("a log outside of its folder is refused", async () => {
  await expectRefused(await backupOf({ [`${LOGS_PREFIX}../escaped`]: "" }), /a log outside of its folder/);
});

it("an entry of a negative size, which would be read for ever, is refused", async () => {
  const header = encodeTarHeader(MANIFEST_PATH, 0, new Date(0));
  header.write("-0000001000\0", 124, "latin1");
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const file = join(folder, "backup.tar");
  writeFileSync(file, Buffer.concat([header, Buffer.alloc(1024)]));
  await expectRefused(file, /the size of manifest.json cannot be read/);
});

it.each([
  ["null", null],
  ["a list", []],
  ["no format", { ...MANIFEST, format: undefined }],
  ["a moment that is none", { ...MANIFEST, takenAt: "yesterday" }],
  ["migrations that are no list", { ...MANIFEST, migrations: { every: 1 } }],
  ["a migration that is no name", { ...MANIFEST, migrations: [null] }],
  ["a version that is no text", { ...MANIFEST, version: 1 }],
])("a manifest of the wrong type (%s) is refused as a damaged backup", async (_, manifest) => {
  await expectRefused(await backupOf({}, manifest), /is not a complete Sluice backup: .*manifest\.json/);
});

it("a manifest that would fill the memory is refused before it is read", async () => {
  const manifest = { ...MANIFEST, version: "9".repeat(2 * 1024 * 1024) };
  await expectRefused(await backupOf({}, manifest), /manifest\.json has 2\d{6} bytes/);
});

it.each([
  ["bucket index", BUCKET_INDEX_PATH, "null\n"],
  ["bucket index", BUCKET_INDEX_PATH, '{"object":{"bucket":"b"}}\n'],
  ["rows", `${DATABASE_PREFIX}settings.000001.jsonl`, "[1]\n"],
])("%s that are of the wrong type are refused as a damaged backup: %s %s", async (_, path, text) => {
  await expectRefused(await backupOf({ [path]: text }), /is not a complete Sluice backup: /);
});
