import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ARCHIVE_LIMITS } from "./archive-limits.ts";
import { type ClaimedSize, claimedSize } from "./claimed-size.ts";
import { rawZip } from "./raw-archives.fixture.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-claims-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each<[what: string, kind: "tar" | "gzip" | "zip", content: Buffer, claims: Partial<ClaimedSize>]>([
  ["a tar", "tar", Buffer.alloc(300_000), { bytes: 300_000 }],
  ["a gzip", "gzip", gzipSync(Buffer.alloc(300_000)), { bytes: 300_000, isMeant: false }],
  ["a gzip that was cut off", "gzip", gzipSync(randomBytes(300_000)).subarray(0, 1_000), {}],
  [
    "a zip",
    "zip",
    rawZip(["a", "b"].map((name) => ({ name, content: "x".repeat(1_000) }))),
    { entries: 2, bytes: 2_000 },
  ],
  ["a damaged zip, of which the unpacker says what is wrong", "zip", Buffer.alloc(300_000), {}],
])("%s says what it unpacks to, as far as it does", async (what, kind, content, claims) => {
  const file = join(directory, what);
  writeFileSync(file, content);
  expect(await claimedSize(file, kind, ARCHIVE_LIMITS)).toEqual({ entries: 0, bytes: 0, isMeant: true, ...claims });
});
