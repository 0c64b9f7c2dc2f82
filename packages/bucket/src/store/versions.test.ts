import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restoreBlob, restoreIndex, withDeletedSince } from "./bucket-copy.ts";
import { ABANDONED_UPLOAD_DAYS, type BucketStore, openBucketStore } from "./bucket-store.ts";
import { MIN_PART_BYTES } from "./multipart-uploads.ts";

const PLAIN = { headers: {}, metadata: {} };
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const { signal } = new AbortController();
let directory: string;
let store: BucketStore;
let now: Date;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "bucket-versions-"));
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

async function* bytes(text: string | Uint8Array) {
  yield Buffer.from(text as string);
}

async function put(key: string, content: string, bucket = "revisions"): Promise<string | undefined> {
  return (await store.put(bucket, key, bytes(content), { attributes: PLAIN })).versionId;
}

async function text(key: string, versionId?: string, from = store, bucket = "revisions"): Promise<string> {
  const open = from.open(bucket, key, versionId);
  const chunks: Buffer[] = [];
  if (open.object.sizeBytes > 0) for await (const chunk of open.read()) chunks.push(chunk);
  open.close();
  return Buffer.concat(chunks).toString();
}

function listed(query: Partial<Parameters<BucketStore["listVersions"]>[1]> = {}, bucket = "revisions") {
  return store.listVersions(bucket, { prefix: "", delimiter: "", after: "", limit: 1000, ...query });
}

function shown(query: Parameters<typeof listed>[0] = {}) {
  return listed(query).rows.map(
    ({ key, versionId, isLatest, isMarker }) =>
      `${key} ${versionId}${isMarker ? " marker" : ""}${isLatest ? " latest" : ""}`,
  );
}

function blobCount(): number {
  const blobs = join(directory, "blobs");
  return readdirSync(blobs).reduce((sum, fan) => sum + readdirSync(join(blobs, fan)).length, 0);
}

function fault(code: string) {
  return expect.objectContaining({ name: "BucketFault", code });
}

describe("a bucket with versioning", () => {
  it("keeps what was there before, and gives each version out by its id, after a restart too", async () => {
    await put("a", "null version");
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    const two = await put("a", "two");
    for (let round = 0; round < 2; round += 1) {
      expect(await text("a")).toBe("two");
      expect(await text("a", one)).toBe("one");
      expect(await text("a", "null")).toBe("null version");
      expect(store.versioning("revisions")).toBe("Enabled");
      expect(shown()).toEqual([`a ${two} latest`, `a ${one}`, "a null"]);
      expect(blobCount()).toBe(3);
      await reopen();
    }
    expect(one).toMatch(/^[\w.]{32}$/);
    expect(await store.sha256("revisions", "a", signal, one)).not.toBe(await store.sha256("revisions", "a", signal));
  });

  it("hides a deleted object behind a delete marker, and shows it again without it", async () => {
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    const { versionId: marker } = await store.delete("revisions", "a");
    expect(() => store.head("revisions", "a")).toThrow(fault("NoSuchKey"));
    expect(() => store.head("revisions", "a", marker)).toThrow(fault("MethodNotAllowed"));
    expect(await text("a", one)).toBe("one");
    expect(shown()).toEqual([`a ${marker} marker latest`, `a ${one}`]);
    await expect(store.deleteBucket("revisions")).rejects.toEqual(fault("BucketNotEmpty"));
    expect(await store.delete("revisions", "a", { versionId: marker! })).toMatchObject({ isMarker: true });
    expect(await text("a")).toBe("one");
    await store.delete("revisions", "a", { versionId: one! });
    expect(shown()).toEqual([]);
    expect(blobCount()).toBe(0);
    await store.deleteBucket("revisions");
  });

  it("makes the version before current when the current one is deleted for good", async () => {
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    const two = await put("a", "two");
    await store.delete("revisions", "a", { versionId: two! });
    expect(await text("a")).toBe("one");
    expect(shown()).toEqual([`a ${one} latest`]);
    expect(blobCount()).toBe(1);
  });

  it("that is suspended writes the null version, in the place of the one that it had", async () => {
    await put("a", "zero");
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    store.setVersioning("revisions", "Suspended");
    expect(await put("a", "new null")).toBe("null");
    expect(shown()).toEqual(["a null latest", `a ${one}`]);
    expect(blobCount()).toBe(2);
    expect(await store.delete("revisions", "a")).toEqual({ existed: true, versionId: "null", isMarker: true });
    expect(shown()).toEqual(["a null marker latest", `a ${one}`]);
    expect(blobCount()).toBe(1);
    expect(await put("a", "newest null")).toBe("null");
    expect(shown()).toEqual(["a null latest", `a ${one}`]);
  });

  it("tells an id that it never gave out from one that is none", async () => {
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    await put("b", "other");
    expect(() => store.head("revisions", "b", one)).toThrow(fault("NoSuchVersion"));
    expect(() => store.head("revisions", "b", "null")).toThrow(fault("NoSuchVersion"));
    expect(() => store.head("revisions", "none", "x")).toThrow(fault("InvalidArgument"));
    expect(await store.delete("revisions", "b", { versionId: one! })).toEqual({ existed: false, versionId: one });
    expect(await text("b")).toBe("other");
  });

  it("holds conditions against the current object, and against the version that is to be deleted", async () => {
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    const etag = store.head("revisions", "a").etag;
    await store.delete("revisions", "a");
    const absent = { attributes: PLAIN, precondition: { absent: true } };
    await store.put("revisions", "a", bytes("again"), absent);
    await expect(store.put("revisions", "a", bytes("twice"), absent)).rejects.toEqual(fault("PreconditionFailed"));
    const wrong = { versionId: one!, precondition: { etag: "0".repeat(32) } };
    await expect(store.delete("revisions", "a", wrong)).rejects.toEqual(fault("PreconditionFailed"));
    await store.delete("revisions", "a", { versionId: one!, precondition: { etag } });
  });

  it("tags a version and not the others", async () => {
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    await put("a", "two");
    expect(store.setTags("revisions", "a", { stage: "old" }, one)).toBe(one);
    expect(store.head("revisions", "a", one).attributes.tags).toEqual({ stage: "old" });
    expect(store.head("revisions", "a").attributes.tags).toBeUndefined();
    store.setTags("revisions", "a", undefined, one);
    expect(store.head("revisions", "a", one).attributes.tags).toBeUndefined();
  });

  it("makes a version of what comes in parts, whose SHA-256 is known though it is an older one by then", async () => {
    store.setVersioning("revisions", "Enabled");
    const { id } = store.uploads.create("revisions", "a", { attributes: PLAIN });
    const { etag } = await store.uploads.putPart("revisions", "a", id, 1, bytes(Buffer.alloc(MIN_PART_BYTES)), {});
    const { versionId } = await store.uploads.complete("revisions", "a", id, { parts: [{ number: 1, etag }] });
    await put("a", "later");
    const digest = await store.sha256("revisions", "a", signal, versionId);
    await reopen();
    expect(await store.sha256("revisions", "a", signal, versionId)).toBe(digest);
    expect(store.head("revisions", "a", versionId).partSizes).toEqual([MIN_PART_BYTES]);
  });

  it("rolls up what a delimiter cuts, in pages of any size", async () => {
    store.setVersioning("revisions", "Enabled");
    for (const key of ["a", "b/1", "b/2", "c", "d/1"]) for (const content of ["1", "2"]) await put(key, content);
    await store.delete("revisions", "b/1");
    for (const limit of [1, 2, 3, 1000]) {
      const seen: string[] = [];
      for (let place: { key: string; versionId?: string } | undefined = { key: "" }; place; ) {
        const { key, versionId } = place;
        const after = { after: key, ...(versionId !== undefined && { afterVersionId: versionId }) };
        const page: ReturnType<typeof listed> = listed({ delimiter: "/", limit, ...after });
        expect(page.rows.length + page.commonPrefixes.length).toBeLessThanOrEqual(limit);
        seen.push(...page.rows.map((row) => `${row.key}${row.isLatest ? " latest" : ""}`), ...page.commonPrefixes);
        place = page.next;
      }
      expect(seen.sort()).toEqual(["a", "a latest", "b/", "c", "c latest", "d/"]);
    }
    expect(shown({ prefix: "b/2" })).toHaveLength(2);
    expect(listed({ limit: 0 })).toEqual({ rows: [], commonPrefixes: [] });
  });

  it("goes on with a listing behind a version that was deleted meanwhile", async () => {
    await put("a", "zero");
    store.setVersioning("revisions", "Enabled");
    for (const content of ["1", "2", "3"]) await put("a", content);
    await put("b", "1");
    const seen: string[] = [];
    for (let place: { key: string; versionId?: string } | undefined = { key: "" }; place; ) {
      const { key, versionId } = place;
      const page = listed({ after: key, limit: 1, ...(versionId !== undefined && { afterVersionId: versionId }) });
      for (const row of page.rows) {
        seen.push(`${row.key} ${row.versionId}`);
        await store.delete("revisions", row.key, { versionId: row.versionId });
      }
      place = page.next;
    }
    expect(seen).toHaveLength(5);
    expect(seen.filter((each) => each.startsWith("a "))).toHaveLength(4);
    expect(shown()).toEqual([]);
  });

  it("does as a plain model of S3 says, whatever is written, deleted and suspended", async () => {
    type Row = { versionId: string; isMarker: boolean; content: string };
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("put" as const), key: fc.constantFrom("a", "b/1", "b/2") }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant("delete" as const), key: fc.constantFrom("a", "b/1", "b/2") }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant("deleteVersion" as const),
          key: fc.constantFrom("a", "b/1", "b/2"),
          nth: fc.nat(3),
        }),
      },
      fc.record({ do: fc.constant("versioning" as const), state: fc.constantFrom("Enabled", "Suspended") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
        store.createBucket("model");
        const model = new Map<string, Row[]>();
        let versioning: "Enabled" | "Suspended" | undefined;
        const write = (key: string, row: Row) => {
          const rows = model.get(key) ?? [];
          const kept = row.versionId === "null" ? rows.filter(({ versionId }) => versionId !== "null") : rows;
          model.set(key, [row, ...kept]);
        };
        for (const [index, each] of steps.entries()) {
          if (each.do === "versioning") {
            versioning = each.state;
            store.setVersioning("model", each.state);
          } else if (each.do === "put") {
            const content = `content ${index}`;
            const versionId = (await put(each.key, content, "model")) ?? "null";
            expect(versionId === "null").toBe(versioning !== "Enabled");
            write(each.key, { versionId, isMarker: false, content });
          } else if (each.do === "delete") {
            const { versionId } = await store.delete("model", each.key);
            if (versionId === undefined) model.delete(each.key);
            else write(each.key, { versionId, isMarker: true, content: "" });
          } else {
            const row = model.get(each.key)?.[each.nth];
            await store.delete("model", each.key, { versionId: row?.versionId ?? "null" });
            const isSame = ({ versionId }: Row) => versionId === (row?.versionId ?? "null");
            model.set(
              each.key,
              (model.get(each.key) ?? []).filter((other) => !isSame(other)),
            );
          }
        }
        const expected = [...model.keys()]
          .sort()
          .flatMap((key) =>
            model
              .get(key)!
              .map(({ versionId, isMarker }, index) => ({ key, versionId, isMarker, isLatest: index === 0 })),
          );
        const seen: object[] = [];
        for (let place: { key: string; versionId?: string } | undefined = { key: "" }; place; ) {
          const { key, versionId } = place;
          const after = { after: key, ...(versionId !== undefined && { afterVersionId: versionId }) };
          const page: ReturnType<typeof listed> = listed({ limit, ...after }, "model");
          seen.push(...page.rows);
          place = page.next;
        }
        expect(seen).toMatchObject(expected);
        expect(seen).toHaveLength(expected.length);
        const current = expected.filter(({ isLatest, isMarker }) => isLatest && !isMarker).map(({ key }) => key);
        const query = { prefix: "", delimiter: "", after: "", limit: 1000 };
        expect(store.list("model", query).rows.map(({ key }) => key)).toEqual(current);
        for (const [key, rows] of model) {
          for (const { versionId, isMarker, content } of rows) {
            if (!isMarker) expect(await text(key, versionId, store, "model")).toBe(content);
          }
        }
        expect(blobCount()).toBe(expected.filter(({ isMarker }) => !isMarker).length);
        for (const { key, versionId } of expected) await store.delete("model", key, { versionId });
        await store.deleteBucket("model");
      }),
      { numRuns: 25 },
    );
  });
});

describe("a copy of the store", () => {
  it("restores every version, marker and state, and what was deleted while it was made", async () => {
    await put("a", "zero");
    store.createBucket("plain");
    await put("p", "plain", "plain");
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    await put("b", "deleted");
    await store.delete("revisions", "b");
    const two = await put("a", "two");
    await put("c", "back again");
    const { versionId: marker } = await store.delete("revisions", "c");
    const before = store.copyAll();
    await store.delete("revisions", "a", { versionId: two! });
    await store.delete("revisions", "c", { versionId: marker! });
    const after = store.copyAll();
    const copy = withDeletedSince(before, after);
    const target = mkdtempSync(join(tmpdir(), "bucket-restored-"));
    for (const segment of copy.objects.flatMap(({ segments }) => segments)) {
      await restoreBlob(target, segment.blob, after.read(segment));
    }
    restoreIndex(target, JSON.parse(JSON.stringify(copy)));
    before.close();
    after.close();
    const restored = await openBucketStore({ directory: target, now: () => now });
    try {
      expect(restored.versioning("revisions")).toBe("Enabled");
      expect(restored.versioning("plain")).toBeUndefined();
      expect(await text("a", undefined, restored)).toBe("two");
      expect(await text("a", one, restored)).toBe("one");
      expect(await text("c", undefined, restored)).toBe("back again");
      expect(await text("a", "null", restored)).toBe("zero");
      expect(() => restored.head("revisions", "b")).toThrow(fault("NoSuchKey"));
      const { versionId } = await restored.put("revisions", "a", bytes("three"), { attributes: PLAIN });
      const rows = restored.listVersions("revisions", { prefix: "a", delimiter: "", after: "", limit: 10 }).rows;
      expect(rows.map((row) => row.versionId)).toEqual([versionId, two, one, "null"]);
    } finally {
      restored.close();
      rmSync(target, { recursive: true });
    }
  });

  it("has what was deleted while it was made, though a delete marker took its place", async () => {
    store.setVersioning("revisions", "Suspended");
    await put("a", "deployed");
    await put("b", "kept");
    await store.delete("revisions", "b");
    const before = store.copyAll();
    await store.delete("revisions", "a");
    const after = store.copyAll();
    before.close();
    after.close();
    const told = withDeletedSince(before, after).objects.map(({ key, isMarker }) => `${key} ${isMarker ?? false}`);
    expect(told).toEqual(["b true", "a false"]);
  });
});

describe("a data directory of an older version", () => {
  it("goes on with what it has, and may have versioning from then on", async () => {
    await put("a", "old");
    store.close();
    const index = new DatabaseSync(join(directory, "index.sqlite"));
    index.exec(`DROP TABLE versions; DROP TABLE version_clock; DROP TABLE completions;
      ALTER TABLE objects DROP COLUMN version; ALTER TABLE objects DROP COLUMN sequence;
      ALTER TABLE buckets DROP COLUMN versioning; PRAGMA user_version = 1`);
    index.close();
    await reopen();
    expect(await text("a")).toBe("old");
    store.setVersioning("revisions", "Enabled");
    const one = await put("a", "one");
    expect(shown()).toEqual([`a ${one} latest`, "a null"]);
  });
});

describe("the completion of an upload", () => {
  async function upload(): Promise<{ id: string; parts: { number: number; etag: string }[] }> {
    const { id } = store.uploads.create("revisions", "a", { attributes: PLAIN });
    const parts = [];
    for (const [index, part] of [Buffer.alloc(MIN_PART_BYTES, "x"), Buffer.from("tail")].entries()) {
      parts.push(await store.uploads.putPart("revisions", "a", id, index + 1, bytes(part), {}));
    }
    return { id, parts: parts.map(({ number, etag }) => ({ number, etag })) };
  }

  it("that is asked for again gets the same answer, after a restart and an overwriting too", async () => {
    store.setVersioning("revisions", "Enabled");
    const { id, parts } = await upload();
    const request = { parts, precondition: { absent: true } };
    const done = await store.uploads.complete("revisions", "a", id, request);
    expect(await store.uploads.complete("revisions", "a", id, request)).toMatchObject({ etag: done.etag });
    await reopen();
    await put("a", "later");
    const again = await store.uploads.complete("revisions", "a", id, request);
    expect(again).toEqual(done);
    expect(await text("a")).toBe("later");
    expect(listed().rows).toHaveLength(2);
  });

  it("is refused with a checksum that cannot be compared", async () => {
    const { id, parts } = await upload();
    const attempt = (request: Partial<Parameters<BucketStore["uploads"]["complete"]>[3]>) =>
      store.uploads.complete("revisions", "a", id, { parts, ...request });
    const checksum = { algorithm: "CRC32" as const, value: "AAAAAA==" };
    await expect(attempt({ expected: { checksum } })).rejects.toEqual(fault("InvalidRequest"));
    await expect(attempt({ expected: { type: "FULL_OBJECT" } })).rejects.toEqual(fault("InvalidRequest"));
    const claimed = parts.map((part) => ({ ...part, checksum }));
    await expect(attempt({ parts: claimed })).rejects.toEqual(fault("InvalidPart"));
    await attempt({});
  });

  it("with another list of parts, for another key or after a week is none of that", async () => {
    const { id, parts } = await upload();
    await store.uploads.complete("revisions", "a", id, { parts });
    const again = (key: string, list: typeof parts) => store.uploads.complete("revisions", key, id, { parts: list });
    await expect(again("a", parts.slice(0, 1))).rejects.toEqual(fault("NoSuchUpload"));
    await expect(again("b", parts)).rejects.toEqual(fault("NoSuchUpload"));
    await expect(store.uploads.abort("revisions", "a", id)).rejects.toEqual(fault("NoSuchUpload"));
    now = new Date(now.getTime() + (ABANDONED_UPLOAD_DAYS + 1) * DAY_MILLISECONDS);
    await store.sweepAbandonedUploads();
    await expect(again("a", parts)).rejects.toEqual(fault("NoSuchUpload"));
    expect(store.head("revisions", "a").sizeBytes).toBe(MIN_PART_BYTES + 4);
  });
});
