import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type BucketStore, openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CodeStore, codeStore } from "./code-store.ts";
import { changesFunctionCode } from "./function-code-bucket.ts";

let directory: string;
let bucket: BucketStore;
let code: CodeStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-code-"));
  bucket = await openBucketStore({ directory, now: () => new Date() });
  code = codeStore(bucket);
});
afterEach(() => {
  bucket.close();
  rmSync(directory, { recursive: true });
});

const read = async (sha256: string) => (await buffer((await code.read(sha256)) as NodeJS.ReadableStream)).toString();
const keepNothing = () => code.keepOnly(async () => new Set());

it("keeps bytes by their digest, once", async () => {
  const one = await code.put(Buffer.from("zip"));
  const again = await code.put(Buffer.from("zip"));
  expect(again.sha256).toBe(one.sha256);
  expect(one).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 3 });
  expect(await read(one.sha256)).toBe("zip");
  await expect(code.read("0".repeat(64))).rejects.toThrow("its code is not in the data directory of this server");
});

it("removes what nobody names, but nothing that somebody holds", async () => {
  await keepNothing();
  const [one, two] = [await code.put(Buffer.from("one")), await code.put(Buffer.from("two"))];
  const again = await code.put(Buffer.from("one"));
  two.release();
  one.release();
  // Twice is once.
  one.release();
  await keepNothing();
  expect(await read(one.sha256)).toBe("one");
  await expect(code.read(two.sha256)).rejects.toThrow();
  again.release();
  await code.keepOnly(async () => new Set([one.sha256]));
  expect(await read(one.sha256)).toBe("one");
  await keepNothing();
  await expect(code.read(one.sha256)).rejects.toThrow();
});

it("does not remove what is put again while it looks who names it", async () => {
  const first = await code.put(Buffer.from("zip"));
  first.release();
  let held: Awaited<ReturnType<CodeStore["put"]>> | undefined;
  await code.keepOnly(async () => {
    held = await code.put(Buffer.from("zip"));
    return new Set();
  });
  expect(await read(first.sha256)).toBe("zip");
  held?.release();
});

it.each([
  ["s3:PutObject", "arn:aws:s3:::sluice-function-code/x", true],
  ["s3:DeleteObject", "arn:aws:s3:::sluice-function-code/*", true],
  ["s3:DeleteObjectVersion", "arn:aws:s3:::sluice-function-code/x", true],
  ["s3:CreateBucket", "arn:aws:s3:::sluice-function-code", true],
  ["s3:DeleteBucket", "arn:aws:s3:::sluice-function-code", true],
  ["s3:PutBucketVersioning", "arn:aws:s3:::sluice-function-code", true],
  ["s3:PutObjectTagging", "arn:aws:s3:::sluice-function-code/x", true],
  ["s3:AbortMultipartUpload", "arn:aws:s3:::sluice-function-code/x", true],
  ["s3:GetObject", "arn:aws:s3:::sluice-function-code/x", false],
  ["s3:ListBucket", "arn:aws:s3:::sluice-function-code", false],
  ["s3:PutObject", "arn:aws:s3:::sluice-function-code-2/x", false],
  ["s3:ListAllMyBuckets", undefined, false],
])("%s on %s changes code: %s", (action, resource, expected) => {
  expect(changesFunctionCode(action, resource)).toBe(expected);
});
