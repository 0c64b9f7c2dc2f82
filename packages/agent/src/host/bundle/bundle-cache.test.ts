import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { specification } from "../host.fixture.ts";
import { revisionOf } from "../revision.ts";
import { findKnownBundle, keepInCache, pruneCache, removeUnheld, takeFromCache } from "./bundle-cache.ts";

let root: string;
let cache: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-cache-"));
  cache = join(root, "bundles");
  mkdirSync(join(root, "deployments"));
});
afterEach(() => rmSync(root, { recursive: true }));

const name = (digit: string) => digit.repeat(64);
const revision = (Key: string) =>
  revisionOf(specification({ Revision: { RevisionType: "S3", S3Revision: { Bucket: "b", Key, BundleType: "tgz" } } }));
const held = (digit: string) => join(root, "deployments", digit);

/** A deployment that keeps hold of a bundle of ten bytes. */
function keep(digit: string, Key = digit): void {
  writeFileSync(held(digit), digit.repeat(10));
  keepInCache(cache, held(digit), { revision: revision(Key), sha256: name(digit), bytes: 10 });
}
const bundles = () => readdirSync(cache).filter((file) => file.length === 64);

test("what deployments hold stays; of the rest so many, and so many bytes, the last used first", () => {
  for (const digit of ["1", "2", "3", "4"]) {
    keep(digit);
    // A file's time, and that of its use, are not of the same clock.
    utimesSync(join(cache, name(digit)), Number(digit), Number(digit));
  }
  for (const digit of ["1", "2", "3"]) rmSync(held(digit));
  expect(takeFromCache(cache, name("1"), held("1"))).toBe(true);
  rmSync(held("1"));
  expect(pruneCache(cache, { maxCachedBundles: 2, maxCachedBytes: 1_000 })).toBe(1);
  expect(bundles()).toContain(name("1"));
  expect(bundles()).toHaveLength(3);
  expect(pruneCache(cache, { maxCachedBundles: 2, maxCachedBytes: 19 })).toBe(1);
  expect(bundles().sort()).toEqual([name("1"), name("4")]);
  expect(removeUnheld(cache)).toBe(1);
  expect(bundles()).toEqual([name("4")]);
});

test("a revision is forgotten with its bundle, and stands for what was downloaded for it last", () => {
  keep("1", "shop.tgz");
  keep("2", "shop.tgz");
  expect(findKnownBundle(cache, revision("shop.tgz"))?.sha256).toBe(name("2"));
  expect(findKnownBundle(cache, revision("other.tgz"))).toBeUndefined();
  rmSync(held("1"));
  rmSync(held("2"));
  removeUnheld(cache);
  expect(readdirSync(cache)).toEqual([]);
});

test("a cache that was never used is empty", () => {
  expect(findKnownBundle(cache, revision("shop.tgz"))).toBeUndefined();
  expect(removeUnheld(cache)).toBe(0);
});
