import { closeSync, openSync, readSync, statfsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { EventFailure } from "../event-failure.ts";
import type { BundleType } from "../revision.ts";

const MEBIBYTE = 1024 * 1024;
/** Of a gzip member: its length before it was compressed, without what is beyond 32 bits. */
const GZIP_LENGTH_BYTES = 4;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Before bytes are written that certainly do not fit: half of them would fill the disk for every program on it first. The failure has the code of a full
 * disk, so that old revisions are removed and it is tried again (`withRoom`).
 * @throws EventFailure with both sizes and the cure
 */
export function requireRoom(what: string, bytes: number, directory: string): void {
  const free = freeBytes(directory);
  if (bytes <= free) return;
  const message =
    `${what} needs ${inMebibytes(bytes)}, but the disk of ${directory} has ${inMebibytes(free)} left. ` +
    `Free space on it, then deploy again: df -h ${directory}. The settings maxRevisions, maxRevisionBytes and maxCachedBytes of agent.json say how many old revisions are kept.`;
  throw new EventFailure(message, { cause: Object.assign(new Error(message), { code: "ENOSPC", path: directory }) });
}

/** How many bytes the bundle unpacks to at the least, by its own account; what it really is shows when it is unpacked. */
export async function leastUnpackedBytes(bundleFile: string, bundleType: BundleType): Promise<number> {
  if (bundleType === "zip") return zippedBytes(bundleFile);
  const { size } = statSync(bundleFile);
  return gzipLength(bundleFile, size) ?? size;
}

/** The sum of what its directory says. Of a damaged one nothing is known. */
async function zippedBytes(bundleFile: string): Promise<number> {
  const { fromFdPromise } = await import("yauzl");
  const file = await open(bundleFile, "r");
  try {
    const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, decodeStrings: false });
    let bytes = 0;
    for await (const { uncompressedSize } of zip.eachEntry()) bytes += uncompressedSize;
    return bytes;
  } catch {
    return 0;
  } finally {
    await file.close();
  }
}

function gzipLength(bundleFile: string, size: number): number | undefined {
  const descriptor = openSync(bundleFile, "r");
  try {
    const bytes = Buffer.alloc(GZIP_LENGTH_BYTES);
    readSync(descriptor, bytes, 0, GZIP_MAGIC.length, 0);
    if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1] || size < GZIP_LENGTH_BYTES) return undefined;
    readSync(descriptor, bytes, 0, GZIP_LENGTH_BYTES, size - GZIP_LENGTH_BYTES);
    return bytes.readUInt32LE();
  } finally {
    closeSync(descriptor);
  }
}

/** What this user may still write. What root keeps for itself counts for root only. */
export function freeBytes(directory: string): number {
  const { bsize, bavail, bfree } = statfsSync(directory);
  return bsize * (process.geteuid?.() === 0 ? bfree : bavail);
}

function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
