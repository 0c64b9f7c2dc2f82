import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ABANDONED_UPLOAD_DAYS, type BucketStore, openBucketStore } from "./bucket-store.ts";
import { MIN_PART_BYTES } from "./multipart-uploads.ts";
import type { ByteRange } from "./stored-object.ts";

const PLAIN = { headers: {}, metadata: {} };
let directory: string;
let store: BucketStore;
let now: Date;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bucket-store-"));
  now = new Date("2026-11-23T10:00:00Z");
  await reopen();
  store.createBucket("revisions");
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

async function reopen() {
  store?.close();
  store = await openBucketStore({ directory, now: () => now });
}

async function* bytes(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

async function put(key: string, ...chunks: (string | Uint8Array)[]) {
  return store.put("revisions", key, bytes(...chunks), { attributes: PLAIN });
}

/** Two parts; returns all of it. */
async function putInParts(key: string): Promise<Buffer> {
  const { id } = store.uploads.create("revisions", key, { attributes: PLAIN });
  const contents = [Buffer.alloc(MIN_PART_BYTES, "a"), Buffer.from("end")];
  const parts = [];
  for (const [index, part] of contents.entries()) {
    const { etag } = await store.uploads.putPart("revisions", key, id, index + 1, bytes(part), {});
    parts.push({ number: index + 1, etag });
  }
  await store.uploads.complete("revisions", key, id, { parts });
  return Buffer.concat(contents);
}

async function text(key: string, range?: ByteRange, bucket = "revisions"): Promise<string> {
  const open = store.open(bucket, key);
  const chunks: Buffer[] = [];
  for await (const chunk of open.read(range)) chunks.push(chunk);
  open.close();
  return Buffer.concat(chunks).toString();
}

function blobCount(): number {
  const blobs = join(directory, "blobs");
  return readdirSync(blobs).reduce((sum, fan) => sum + readdirSync(join(blobs, fan)).length, 0);
}

function fault(code: string) {
  return expect.objectContaining({ name: "BucketFault", code });
}

describe("objects", () => {
  it("come back as they were put, after a restart too", async () => {
    const attributes = { headers: { "content-type": "text/plain" }, metadata: { owner: "ops" } };
    await store.put("revisions", "a", bytes("hel", "lo"), { attributes });
    await reopen();
    expect(await text("a")).toBe("hello");
    expect(store.head("revisions", "a")).toEqual({
      key: "a",
      sizeBytes: 5,
      etag: createHash("md5").update("hello").digest("hex"),
      modifiedAt: now,
      attributes,
    });
  });

  it("may be empty", async () => {
    await put("empty");
    expect(await text("empty")).toBe("");
    expect(store.head("revisions", "empty").etag).toBe("d41d8cd98f00b204e9800998ecf8427e");
  });

  it("are read by ranges", async () => {
    await put("a", "0123456789");
    expect(await text("a", { start: 2, end: 4 })).toBe("234");
    expect(await text("a", { start: 9, end: 9 })).toBe("9");
  });

  it("get their folders when the first of them come: an empty store is opened at once", async () => {
    expect(readdirSync(join(directory, "blobs"))).toEqual([]);
    await put("a", "0123456789");
    await reopen();
    await Promise.all(["b", "c", "d"].map((key) => put(key, key)));
    expect(await text("a")).toBe("0123456789");
    expect(readdirSync(join(directory, "blobs")).length).toBeLessThanOrEqual(blobCount());
  });

  it("take any key, and no key becomes a path", async () => {
    const keys = ["../../etc/passwd", "/", "a/../b", "nul\0nul", "é/ü", "x".repeat(1024), "a//b", "\u{1f600}", "."];
    for (const key of keys) await put(key, key);
    for (const key of keys) expect(await text(key)).toBe(key);
    expect(readdirSync(directory).every((name) => /^(blobs|index\.sqlite.*)$/.test(name))).toBe(true);
  });

  it("refuse keys over 1,024 bytes, counted in UTF-8", async () => {
    await expect(put("é".repeat(513))).rejects.toEqual(fault("KeyTooLongError"));
  });

  it("replaced while they are read still come out whole, and leave no bytes behind", async () => {
    await put("a", "old");
    const open = store.open("revisions", "a");
    await put("a", "new");
    const chunks: Buffer[] = [];
    for await (const chunk of open.read()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("old");
    expect(blobCount()).toBe(2);
    open.close();
    await expect.poll(blobCount).toBe(1);
    expect(await text("a")).toBe("new");
  });

  it("are not kept when size, MD5 or checksum differ from what was announced", async () => {
    await put("a", "before");
    const attempt = (expectation: object) =>
      store.put("revisions", "a", bytes("after"), { attributes: PLAIN, expectation });
    await expect(attempt({ sizeBytes: 6 })).rejects.toEqual(fault("IncompleteBody"));
    await expect(attempt({ md5Hex: "00".repeat(16) })).rejects.toEqual(fault("BadDigest"));
    await expect(attempt({ checksum: { algorithm: "CRC32", expected: () => "AAAAAA==" } })).rejects.toEqual(
      fault("BadDigest"),
    );
    expect(await text("a")).toBe("before");
    expect(blobCount()).toBe(1);
  });

  it("are not kept when the body breaks off", async () => {
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("connection lost");
    }
    await expect(store.put("revisions", "a", broken(), { attributes: PLAIN })).rejects.toThrow("connection lost");
    expect(() => store.head("revisions", "a")).toThrow(fault("NoSuchKey"));
    expect(blobCount()).toBe(0);
  });

  it("are written under conditions, of two writers one", async () => {
    const attempt = () =>
      store.put("revisions", "lock", bytes("x"), { attributes: PLAIN, precondition: { absent: true } });
    const outcomes = await Promise.allSettled([attempt(), attempt()]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(
      store.put("revisions", "lock", bytes("y"), { attributes: PLAIN, precondition: { etag: "0".repeat(32) } }),
    ).rejects.toEqual(fault("PreconditionFailed"));
    expect(blobCount()).toBe(1);
  });

  it("are copied without sharing their fate", async () => {
    await put("a", "bytes");
    store.createBucket("other");
    const source = store.open("revisions", "a");
    await store.copy(source, "other", "b", {});
    source.close();
    await store.delete("revisions", "a");
    expect(await text("b", undefined, "other")).toBe("bytes");
    await reopen();
    expect(await text("b", undefined, "other")).toBe("bytes");
  });

  it("are known by their SHA-256, in one piece, in parts, copied and empty, after a restart too", async () => {
    const digest = (key: string) => store.sha256("revisions", key, new AbortController().signal);
    const hexOf = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");
    await put("whole", "some", " bytes");
    await put("empty");
    const content = await putInParts("parts");
    const source = store.open("revisions", "whole");
    await store.copy(source, "revisions", "copied", {});
    source.close();
    for (let round = 0; round < 2; round += 1) {
      expect(await digest("whole")).toBe(hexOf("some bytes"));
      expect(await digest("copied")).toBe(hexOf("some bytes"));
      expect(await digest("empty")).toBe(hexOf(""));
      expect(await digest("parts")).toBe(hexOf(content));
      await reopen();
    }
    await put("whole", "other bytes");
    expect(await digest("whole")).toBe(hexOf("other bytes"));
  });

  it("are read once for their SHA-256 after they came in parts, and never again, a restart or not", async () => {
    const content = await putInParts("parts");
    // Given up by whoever asked, and read on.
    const impatient = new AbortController();
    const given = store.sha256("revisions", "parts", impatient.signal);
    impatient.abort(new Error("no time"));
    await expect(given).rejects.toThrow("no time");
    const { signal } = new AbortController();
    const digest = await store.sha256("revisions", "parts", signal);
    expect(digest).toBe(createHash("sha256").update(content).digest("hex"));
    for (const fan of readdirSync(join(directory, "blobs"))) {
      for (const blob of readdirSync(join(directory, "blobs", fan)))
        writeFileSync(join(directory, "blobs", fan, blob), "");
    }
    expect(await store.sha256("revisions", "parts", signal)).toBe(digest);
    await reopen();
    expect(await store.sha256("revisions", "parts", signal)).toBe(digest);
  });

  it("deleted twice are no fault, and leave nothing on disk", async () => {
    await put("a", "x");
    expect(await store.delete("revisions", "a")).toEqual({ existed: true });
    expect(await store.delete("revisions", "a")).toEqual({ existed: false });
    expect(blobCount()).toBe(0);
  });
});

describe("buckets", () => {
  it("refuse names that cannot be host names", () => {
    for (const name of [
      "ab",
      "A-b-c",
      "192.168.1.1",
      "a..b",
      "-abc",
      "abc-",
      "xn--abc",
      "../x",
      "a_b",
      "x".repeat(64),
    ]) {
      expect(() => store.createBucket(name)).toThrow(fault("InvalidBucketName"));
    }
    store.createBucket("my.bucket-1");
    expect(store.listBuckets().buckets.map((bucket) => bucket.name)).toEqual(["my.bucket-1", "revisions"]);
  });

  it("are made once and deleted empty", async () => {
    expect(() => store.createBucket("revisions")).toThrow(fault("BucketAlreadyOwnedByYou"));
    await put("a", "x");
    await expect(store.deleteBucket("revisions")).rejects.toEqual(fault("BucketNotEmpty"));
    await store.delete("revisions", "a");
    await store.deleteBucket("revisions");
    expect(() => store.headBucket("revisions")).toThrow(fault("NoSuchBucket"));
  });

  it("made anew do not receive what was begun before", async () => {
    let proceed = () => {};
    const gate = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    async function* slow() {
      yield Buffer.from("late");
      await gate;
    }
    const writing = store.put("revisions", "a", slow(), { attributes: PLAIN });
    await store.deleteBucket("revisions");
    store.createBucket("revisions");
    proceed();
    await expect(writing).rejects.toEqual(fault("NoSuchBucket"));
    expect(store.list("revisions", { prefix: "", delimiter: "", after: "", limit: 10 }).rows).toEqual([]);
  });
});

describe("listing", () => {
  it("follows UTF-8 byte order, which is not UTF-16's", async () => {
    for (const key of ["\u{1f600}", "\uffee", "b", "a", "Z"]) await put(key);
    const page = store.list("revisions", { prefix: "", delimiter: "", after: "", limit: 10 });
    expect(page.rows.map((row) => row.key)).toEqual(["Z", "a", "b", "\uffee", "\u{1f600}"]);
  });

  it("pages through exactly what a plain model says", async () => {
    const keyText = fc.string({ unit: fc.constantFrom("a", "b", "/", "é"), minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(keyText, { maxLength: 25 }),
        fc.string({ unit: fc.constantFrom("a", "/"), maxLength: 2 }),
        fc.constantFrom("", "/", "b"),
        fc.integer({ min: 1, max: 4 }),
        async (keys, prefix, delimiter, limit) => {
          store.createBucket("model");
          for (const key of keys) await store.put("model", key, bytes(), { attributes: PLAIN });
          const seen: string[] = [];
          let after = "";
          for (;;) {
            const page = store.list("model", { prefix, delimiter, after, limit });
            const shown = [...page.rows.map((row) => row.key), ...page.commonPrefixes];
            expect(shown.length).toBeLessThanOrEqual(limit);
            seen.push(...shown.sort(byBytes));
            if (page.next === undefined) break;
            expect(shown.length).toBe(limit);
            after = page.next;
          }
          expect(seen).toEqual(modelListing(keys, prefix, delimiter));
          for (const key of keys) await store.delete("model", key);
          await store.deleteBucket("model");
        },
      ),
      { numRuns: 30 },
    );
  });
});

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function modelListing(keys: string[], prefix: string, delimiter: string): string[] {
  const entries = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(entries)].sort(byBytes);
}

describe("multipart uploads", () => {
  const big = Buffer.alloc(MIN_PART_BYTES, "x");

  async function upload(key: string, ...parts: Buffer[]) {
    const { id } = store.uploads.create("revisions", key, {
      attributes: PLAIN,
      checksum: { algorithm: "CRC32", type: "FULL_OBJECT" },
    });
    const done = [];
    for (const [i, part] of parts.entries()) {
      done.push(await store.uploads.putPart("revisions", key, id, i + 1, bytes(part), {}));
    }
    return { id, parts: done };
  }

  it("become one object, read across the seams", async () => {
    const { id, parts } = await upload("a", big, Buffer.from("tail"));
    const object = await store.uploads.complete("revisions", "a", id, { parts });
    const md5 = (data: Buffer) => createHash("md5").update(data).digest();
    expect(object.etag).toBe(`${md5(Buffer.concat([md5(big), md5(Buffer.from("tail"))])).toString("hex")}-2`);
    expect(await text("a", { start: MIN_PART_BYTES - 2, end: MIN_PART_BYTES + 1 })).toBe("xxta");
    expect(store.head("revisions", "a").partSizes).toEqual([MIN_PART_BYTES, 4]);
    const whole = await store.put("revisions", "b", bytes(big, "tail"), {
      attributes: PLAIN,
      expectation: { checksum: { algorithm: "CRC32", expected: () => undefined } },
    });
    expect(object.checksum).toEqual(whole.checksum);
    await reopen();
    expect(await text("a", { start: MIN_PART_BYTES, end: MIN_PART_BYTES + 3 })).toBe("tail");
  });

  it("refuse wrong, unordered and small parts, and stay open for a mended list", async () => {
    const { id, parts } = await upload("a", Buffer.from("small"), big);
    const complete = (list: typeof parts) => store.uploads.complete("revisions", "a", id, { parts: list });
    await expect(complete([{ ...parts[0]!, etag: "0".repeat(32) }])).rejects.toEqual(fault("InvalidPart"));
    await expect(complete([parts[1]!, parts[0]!])).rejects.toEqual(fault("InvalidPartOrder"));
    await expect(complete(parts)).rejects.toEqual(fault("EntityTooSmall"));
    await complete([parts[1]!]);
    expect(blobCount()).toBe(1);
    await expect(complete([parts[0]!])).rejects.toEqual(fault("NoSuchUpload"));
  });

  it("aborted or abandoned leave nothing", async () => {
    const first = await upload("a", big);
    await store.uploads.abort("revisions", "a", first.id);
    expect(blobCount()).toBe(0);
    await upload("b", Buffer.from("x"));
    now = new Date(now.getTime() + (ABANDONED_UPLOAD_DAYS * 24 + 1) * 3600 * 1000);
    await upload("c", Buffer.from("y"));
    expect(await store.sweepAbandonedUploads()).toBe(1);
    const left = store.uploads.list("revisions", { prefix: "", delimiter: "", after: "", limit: 10 });
    expect(left.uploads.map((each) => each.key)).toEqual(["c"]);
    expect(blobCount()).toBe(1);
  });

  it("are listed page by page, several of one key too", async () => {
    for (const key of ["a", "a", "d/1", "d/2", "e"]) await upload(key);
    const seen: string[] = [];
    let marker: { key: string; id?: string } | undefined = { key: "" };
    while (marker) {
      const page: ReturnType<typeof store.uploads.list> = store.uploads.list("revisions", {
        prefix: "",
        delimiter: "/",
        after: marker.key,
        ...(marker.id !== undefined && { afterId: marker.id }),
        limit: 1,
      });
      seen.push(...page.uploads.map((each) => each.key), ...page.commonPrefixes);
      marker = page.next;
    }
    expect(seen).toEqual(["a", "a", "d/", "e"]);
  });
});

describe("crashes", () => {
  const child = join(import.meta.dirname, "put-forever.fixture.ts");

  it("in the middle of a put leave the old object and no stray bytes", async () => {
    await put("a", "old");
    store.close();
    const writer = spawn(process.execPath, [child, directory, "unfinished"], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => writer.stdout.once("data", () => resolve()));
    expect(blobCount()).toBe(2);
    writer.kill("SIGKILL");
    await new Promise((resolve) => writer.once("exit", resolve));
    await reopen();
    expect(await text("a")).toBe("old");
    expect(blobCount()).toBe(1);
  });

  it("at any moment leave every acknowledged object whole", async () => {
    for (let round = 0; round < 5; round++) {
      store.close();
      const writer = spawn(process.execPath, [child, directory, `round-${round}`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let output = "";
      await new Promise<void>((resolve) => {
        writer.stdout.on("data", (data) => {
          output += data;
          if (output.split("\n").length > 10 + round * 7) resolve();
        });
      });
      writer.kill("SIGKILL");
      await new Promise((resolve) => writer.once("close", resolve));
      await reopen();
      const acknowledged = output.split("\n").slice(0, -1);
      for (const line of acknowledged) {
        const [key, etag] = line.split(" ") as [string, string];
        const content = await text(key);
        expect(createHash("md5").update(content).digest("hex")).toBe(store.head("revisions", key).etag);
        if (key !== "overwritten") expect(store.head("revisions", key).etag).toBe(etag);
      }
    }
  }, 60_000);

  it("do not happen by two processes in one directory", async () => {
    const second = promisify(execFile)(process.execPath, [child, directory, "second"]);
    await expect(second).rejects.toThrow(/in use by another process/);
  });
});
