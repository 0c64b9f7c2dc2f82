import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BucketStore, openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { HttpRequest } from "@sluice/wire/sigv4/http-request.ts";
import { verifySignature } from "@sluice/wire/sigv4/verify.ts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { authorize } from "../../../access/authorize.ts";
import type { Principal } from "../../../access/principal.ts";
import { FUNCTION_CODE_BUCKET } from "../../../functions/function-code-bucket.ts";
import { CODEDEPLOY_HANDLERS } from "../../codedeploy/codedeploy-operations.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { SLUICE_HANDLERS } from "../sluice-operations.ts";
import { MAX_BUNDLES_LISTED, MAX_OBJECTS_LOOKED_AT } from "./list-bundles.ts";

const { CreateBundleUpload, ListBundles } = SLUICE_HANDLERS;
const READER: Principal = { role: "read-only", accessKeyId: "AKIAREADER", hostId: null };
const KEY = { accessKeyId: "AKIATESTROOT00000000", secretAccessKey: "secret", role: "root", hostId: null } as const;
let directory: string;
let buckets: BucketStore;
let here: TestInstallation;
let context: SluiceContext;
let elsewhere: string | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-bundles-"));
  here = await testInstallation();
  await CODEDEPLOY_HANDLERS.CreateApplication({ applicationName: "web" }, here.context as never);
});
beforeEach(async () => {
  buckets?.close();
  buckets = await openBucketStore({
    directory: mkdtempSync(join(directory, "bucket-")),
    now: () => new Date(here.clock.now++),
  });
  elsewhere = undefined;
  context = {
    ...here.context,
    bundles: { buckets, accessKeys: { find: async () => KEY }, driverElsewhere: () => elsewhere },
  };
});
afterAll(async () => {
  buckets.close();
  await here.close();
  rmSync(directory, { recursive: true });
});

async function put(bucket: string, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await buckets.put(bucket, key, bytes(), { attributes: { headers: {}, metadata: {} } });
}
async function* bytes() {
  yield Buffer.from("x");
}
const keysOf = async (input: Parameters<typeof ListBundles>[0]) =>
  (await ListBundles(input, context)).objects.map(({ bucket, key }) => `${bucket}/${key}`);

it("lists what can be a revision, the newest first, of one bucket or all, and not the code of functions", async () => {
  expect(await ListBundles({}, context)).toEqual({ buckets: [], objects: [] });
  for (const name of ["bundles", "other", FUNCTION_CODE_BUCKET]) buckets.createBucket(name);
  buckets.setVersioning("other", "Enabled");
  await put("bundles", "web/b.zip", "web/a.tar.gz", "notes.txt", "shop/appspec.YAML");
  await put("other", "web/c.tgz");
  await put(FUNCTION_CODE_BUCKET, "code.zip");
  const { buckets: names, objects } = await ListBundles({}, context);
  expect(names).toEqual(["bundles", "other"]);
  expect(objects.map(({ key, versionId }) => [key, typeof versionId])).toEqual([
    ["web/c.tgz", "string"],
    ["shop/appspec.YAML", "undefined"],
    ["web/a.tar.gz", "undefined"],
    ["web/b.zip", "undefined"],
  ]);
  expect(objects[3]).toMatchObject({ bucket: "bundles", bytes: 1, eTag: "9dd4e461268c8034f5c8564e155c67a6" });
  expect(await keysOf({ bucket: "bundles", prefix: "web/" })).toEqual(["bundles/web/a.tar.gz", "bundles/web/b.zip"]);
  await expect(ListBundles({ bucket: "none" }, context)).rejects.toThrow("It has bundles, other. Make one: aws s3 mb");
  await expect(ListBundles({ nextToken: "bm8" }, context)).rejects.toMatchObject({ code: "InvalidNextTokenException" });
  elsewhere = "s3";
  expect(await keysOf({})).toEqual([]);
});

it("goes on where an answer ended, whatever lies between the revisions", async () => {
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `k${String(from + index).padStart(6, "0")}`);
  const stored = new Map([
    ["a", [...many(0, MAX_OBJECTS_LOOKED_AT + 5), "last.zip"]],
    ["b", many(0, MAX_BUNDLES_LISTED + 1).map((key) => `${key}.zip`)],
  ]);
  const asked: number[] = [];
  const list: SluiceContext["bundles"]["buckets"]["list"] = (bucket, { after, limit }) => {
    asked.push(limit);
    const keys = (stored.get(bucket) ?? []).filter((key) => key > after);
    const rows = keys.slice(0, limit).map((key) => ({ key, sizeBytes: 1, etag: "e", modifiedAt: new Date(0) }));
    const next = keys.length > limit ? rows.at(-1)?.key : undefined;
    return { rows, commonPrefixes: [], ...(next === undefined ? {} : { next }) };
  };
  const listBuckets = () => ({
    buckets: [...stored.keys()].map((name) => ({ name, createdAt: new Date(0) })),
    isTruncated: false,
  });
  context = { ...context, bundles: { ...context.bundles, buckets: { ...buckets, list, listBuckets } as never } };
  const answers: string[][] = [];
  let nextToken: string | undefined;
  do {
    const page = await ListBundles({ nextToken }, context);
    answers.push(page.objects.map(({ bucket, key }) => `${bucket}/${key}`));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(answers.map(({ length }) => length)).toEqual([0, MAX_BUNDLES_LISTED, 2]);
  expect(new Set(answers.flat()).size).toBe(MAX_BUNDLES_LISTED + 2);
  expect(Math.max(...asked)).toBeLessThanOrEqual(MAX_BUNDLES_LISTED);
});

it("signs one PUT with the caller's own key for the Host that it came by, and replaces nothing", async () => {
  const host = "deploy.example.org:7450";
  const upload = () =>
    CreateBundleUpload({ applicationName: "web", fileName: "My App v2,final.ZIP" }, { ...context, host });
  const first = await upload();
  expect(first).toMatchObject({ bucket: "sluice-revisions", bundleType: "zip" });
  expect(first.key).toMatch(/^web\/My-App-v2-final-[a-z0-9]{12}\.zip$/);
  expect(first.url.startsWith(`/sluice-revisions/${first.key}?X-Amz-Algorithm=`)).toBe(true);
  expect((await upload()).key).not.toBe(first.key);
  expect(buckets.listBuckets().buckets.map(({ name }) => name)).toEqual(["sluice-revisions"]);
  const request = { method: "PUT", path: first.url, headers: { host } };
  const verify = (each: HttpRequest) =>
    verifySignature(parseAuthorization(each), each, KEY.secretAccessKey, new Date(here.clock.now));
  verify(request);
  expect(() => verify({ ...request, headers: { host: "evil.example" } })).toThrow(/signature/i);
  expect(() => verify({ ...request, path: first.url.replace("final", "other") })).toThrow(/signature/i);
});

it.each([
  [{ applicationName: "web" }, "fileName is missing"],
  [{ applicationName: "web", fileName: "../web.zip" }, "has a folder in it"],
  [{ applicationName: "web", fileName: "a\\b.zip" }, "has a folder in it"],
  [{ applicationName: "web", fileName: "page.html" }, "give a file that ends in .zip, .tgz, .tar.gz, .tar, .yml"],
  [{ applicationName: "web", fileName: `${"x".repeat(200)}.zip` }, "at most 200"],
  [{ applicationName: "none", fileName: "web.zip" }, "No application found"],
])("refuses %j", async (input, words) => {
  await expect(CreateBundleUpload(input as never, context)).rejects.toThrow(words);
  expect(buckets.listBuckets().buckets).toEqual([]);
});

it("keeps letters of any script, and what is not one becomes a hyphen", async () => {
  const keyOf = async (fileName: string) =>
    (await CreateBundleUpload({ applicationName: "web", fileName }, context)).key;
  expect(await keyOf("größe-1.0_β.tar.gz")).toMatch(/^web\/größe-1\.0_β-[a-z0-9]{12}\.tar\.gz$/);
  expect(await keyOf("..\u0007\u202e<script>.yml")).toMatch(/^web\/script-[a-z0-9]{12}\.yml$/);
  expect(await keyOf(".zip")).toMatch(/^web\/[a-z0-9]{12}\.zip$/);
});

it("is not for who may not put objects, nor for a bucket that deployments read elsewhere", async () => {
  expect(authorize(READER, "sluice:CreateBundleUpload", undefined)).toBe("refused");
  expect(authorize(READER, "sluice:ListBundles", undefined)).toBe("allowed");
  const input = { applicationName: "web", fileName: "web.zip" };
  await expect(CreateBundleUpload(input, { ...context, principal: READER })).rejects.toThrow("s3:PutObject");
  elsewhere = "s3";
  await expect(CreateBundleUpload(input, context)).rejects.toThrow("to the driver s3");
});
