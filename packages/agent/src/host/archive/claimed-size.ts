import { closeSync, openSync, readSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import type { ArchiveLimits } from "./archive-limits.ts";

/** What an archive says of itself, at the least: 0 where it says nothing. */
export interface ClaimedSize {
  readonly entries: number;
  /** Unpacked. */
  readonly bytes: number;
  /** Whether only a hostile archive would say it and not mean it; the last bytes of one that was cut off say anything. */
  readonly isMeant: boolean;
}

/** Of a gzip member: its length before it was compressed, without what is beyond 32 bits. */
const GZIP_LENGTH_BYTES = 4;
/** What deflate makes of zeros. */
const DEFLATED_ZEROS_RATIO = 1_032;
const NOTHING: ClaimedSize = { entries: 0, bytes: 0, isMeant: true };

/** What a bundle says that it unpacks to, which can be refused before anything of it is written. Beyond the limits it is not read on. */
export async function claimedSize(
  bundleFile: string,
  kind: "tar" | "gzip" | "zip",
  limits: Pick<ArchiveLimits, "entries" | "unpackedBytes">,
): Promise<ClaimedSize> {
  if (kind === "zip") return zipClaims(bundleFile, limits);
  const { size } = statSync(bundleFile);
  if (kind === "tar") return { ...NOTHING, bytes: size };
  const bytes = gzipLength(bundleFile, size);
  return bytes > size * DEFLATED_ZEROS_RATIO ? NOTHING : { ...NOTHING, bytes, isMeant: false };
}

/** The sum of what its directory says. Of a damaged one nothing is known. */
async function zipClaims(
  bundleFile: string,
  limits: Pick<ArchiveLimits, "entries" | "unpackedBytes">,
): Promise<ClaimedSize> {
  const { fromFdPromise } = await import("yauzl");
  const file = await open(bundleFile, "r");
  try {
    const zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false, decodeStrings: false });
    const entries = zip.entryCount;
    let bytes = 0;
    if (entries > limits.entries) return { ...NOTHING, entries };
    for await (const { uncompressedSize } of zip.eachEntry()) {
      bytes += uncompressedSize;
      if (bytes > limits.unpackedBytes) break;
    }
    return { ...NOTHING, entries, bytes };
  } catch {
    return NOTHING;
  } finally {
    await file.close();
  }
}

function gzipLength(bundleFile: string, size: number): number {
  const descriptor = openSync(bundleFile, "r");
  try {
    const bytes = Buffer.alloc(GZIP_LENGTH_BYTES);
    readSync(descriptor, bytes, 0, GZIP_LENGTH_BYTES, Math.max(size - GZIP_LENGTH_BYTES, 0));
    return bytes.readUInt32LE();
  } finally {
    closeSync(descriptor);
  }
}
