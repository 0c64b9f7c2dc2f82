import { createHash } from "node:crypto";
import { linkSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { sha256OfFile } from "@sluice/wire/files/sha256-of-file.ts";
import { replaceFile } from "../durable-file.ts";
import { errorCodeOf } from "../event-failure.ts";
import { ensureDirectory } from "../layout.ts";
import type { Revision } from "../revision.ts";

/** What was downloaded for a revision: which bytes, and the ETag with which they came. */
export interface KnownBundle {
  readonly revision: Revision;
  /** 64 hex digits, which are also the bundle's name in the cache. */
  readonly sha256: string;
  readonly bytes: number;
  readonly etag?: string | undefined;
}

/** Of bundles that no deployment's directory holds any more. */
export interface CacheLimits {
  readonly maxCachedBundles: number;
  readonly maxCachedBytes: number;
}

/** Revisions of which is kept what was downloaded for them. */
const MAX_KNOWN_REVISIONS = 1_000;
const BUNDLE_NAME = /^[0-9a-f]{64}$/;
/** `REVISION-BUNDLE.json`, both by their SHA-256: whether its bundle is here can be told by its name. */
const KNOWN_NAME = /^[0-9a-f]{64}-([0-9a-f]{64})\.json$/;

/** What is known of the revision, if its bundle is in the cache. Whether the bundle is sound shows when it is taken. */
export function findKnownBundle(directory: string, revision: Revision): KnownBundle | undefined {
  const prefix = `${revisionName(revision)}-`;
  for (const name of namesIn(directory)) {
    if (!name.startsWith(prefix)) continue;
    const known = readKnown(join(directory, name));
    if (known !== undefined && isThere(join(directory, known.sha256))) return known;
  }
  return undefined;
}

/** Whether the cache has these bytes, which are read to find out. What has another content than its name says is removed. */
export async function hasSoundBundle(directory: string, sha256: string, signal: AbortSignal): Promise<boolean> {
  const file = join(directory, sha256);
  if (!isThere(file)) return false;
  if ((await sha256OfFile(file, { signal })) === sha256) return true;
  rmSync(file, { force: true });
  return false;
}

/** Gives the bundle one more name: the file is shared, and never changed. False where it has gone, or the file system has no links. */
export function takeFromCache(directory: string, sha256: string, to: string): boolean {
  rmSync(to, { force: true });
  try {
    const file = join(directory, sha256);
    linkSync(file, to);
    const now = new Date();
    utimesSync(file, now, now);
    return true;
  } catch {
    return false;
  }
}

/** On a file system without links nothing is kept, since a copy would cost the room once more. */
export function keepInCache(directory: string, file: string, known: KnownBundle): void {
  ensureDirectory(directory);
  try {
    linkSync(file, join(directory, known.sha256));
  } catch (error) {
    if (errorCodeOf(error) !== "EEXIST") return;
  }
  const name = `${revisionName(known.revision)}-${known.sha256}.json`;
  replaceFile(join(directory, name), JSON.stringify(known), { durable: false });
  // What its name stood for before, where a revision names no version.
  for (const older of namesIn(directory)) {
    if (older !== name && older.startsWith(`${revisionName(known.revision)}-`)) rmSync(join(directory, older));
  }
}

/** Removes what no deployment's directory holds. @returns how many bundles those were */
export function removeUnheld(directory: string): number {
  return pruneCache(directory, { maxCachedBundles: 0, maxCachedBytes: 0 });
}

/** Removes what no deployment's directory holds, the least recently used first, until the limits are kept. @returns how many */
export function pruneCache(directory: string, { maxCachedBundles, maxCachedBytes }: CacheLimits): number {
  const newestFirst = namesIn(directory)
    .filter((name) => BUNDLE_NAME.test(name))
    .flatMap((name) => {
      const path = join(directory, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats?.nlink === 1 ? [{ path, stats }] : [];
    })
    .sort((one, other) => other.stats.mtimeMs - one.stats.mtimeMs);
  let bytes = 0;
  const surplus = newestFirst.filter(({ stats }, index) => {
    bytes += stats.size;
    return index >= maxCachedBundles || bytes > maxCachedBytes;
  });
  for (const { path } of surplus) rmSync(path, { force: true });
  forgetRevisions(directory);
  return surplus.length;
}

function forgetRevisions(directory: string): void {
  const names = namesIn(directory);
  const bundles = new Set(names.filter((name) => BUNDLE_NAME.test(name)));
  const known = names.filter((name) => {
    const sha256 = KNOWN_NAME.exec(name)?.[1];
    if (sha256 === undefined) return false;
    if (!bundles.has(sha256)) rmSync(join(directory, name), { force: true });
    return bundles.has(sha256);
  });
  if (known.length <= MAX_KNOWN_REVISIONS) return;
  const newestFirst = known
    .map((name) => ({ name, changedAt: statSync(join(directory, name)).mtimeMs }))
    .sort((one, other) => other.changedAt - one.changedAt);
  for (const { name } of newestFirst.slice(MAX_KNOWN_REVISIONS)) rmSync(join(directory, name), { force: true });
}

function readKnown(file: string): KnownBundle | undefined {
  try {
    const known = JSON.parse(readFileSync(file, "utf8")) as KnownBundle;
    return BUNDLE_NAME.test(known.sha256) ? known : undefined;
  } catch {
    return undefined;
  }
}

function revisionName(revision: Revision): string {
  return createHash("sha256").update(JSON.stringify(revision)).digest("hex");
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}
