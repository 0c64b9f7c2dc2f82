import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { APP_SPEC_OSES, type AppSpec } from "@sluice/model/app-spec/app-spec.ts";
import { AppSpecError } from "@sluice/model/app-spec/app-spec-error.ts";
import { parseAppSpec } from "@sluice/model/app-spec/app-spec-parser.ts";
import type { BundleType } from "@sluice/model/revision-location.ts";
import { Parser, type ReadEntry } from "tar";
import { fromBufferPromise } from "yauzl";

/** An AppSpec that is larger than this is not looked at. */
const APP_SPEC_MAX_BYTES = 1024 * 1024;
/** How much of a bundle's unpacked bytes is gone through in search of its AppSpec. */
const BUNDLE_UNPACKED_MAX_BYTES = 512 * 1024 * 1024;
/** In the order in which agents look for it. */
const APP_SPEC_NAMES = ["appspec.yml", "appspec.yaml"] as const;
const GZIP_MAGIC = 0x1f8b;

export type AppSpecFinding =
  | { readonly outcome: "valid"; readonly fileName: string; readonly appSpec: AppSpec }
  /** Agents would fail on it; `reason` is a sentence. */
  | { readonly outcome: "invalid"; readonly reason: string }
  | { readonly outcome: "unchecked"; readonly reason: string };

/** The AppSpec in a bundle's root, read as agents read it. Nothing is unpacked, and no name in the bundle becomes a path. */
export async function readAppSpec(
  bundle: Uint8Array,
  bundleType: BundleType,
  signal: AbortSignal,
): Promise<AppSpecFinding> {
  let found: ReadonlyMap<string, Buffer | null>;
  try {
    found = bundleType === "zip" ? await searchZip(bundle, signal) : await searchTar(bundle, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TooLarge) return { outcome: "unchecked", reason: error.message };
    return { outcome: "invalid", reason: `The bundle is not a readable ${bundleType}: ${messageOf(error)}` };
  }
  const fileName = APP_SPEC_NAMES.find((name) => found.has(name));
  if (fileName === undefined) {
    return {
      outcome: "invalid",
      reason: `The bundle has no ${APP_SPEC_NAMES.join(" and no ")} in its root: pack the directory's content, not the directory.`,
    };
  }
  const content = found.get(fileName);
  if (!content)
    return { outcome: "unchecked", reason: `${fileName} is not a plain file of at most ${APP_SPEC_MAX_BYTES} bytes` };
  try {
    return { outcome: "valid", fileName, appSpec: parseAppSpec(content, { os: APP_SPEC_OSES[0] }) };
  } catch (error) {
    if (!(error instanceof AppSpecError)) throw error;
    return { outcome: "invalid", reason: error.message };
  }
}

class TooLarge extends Error {}

/** Content by name; null: there, and not read. */
type Found = Map<string, Buffer | null>;

async function searchZip(bundle: Uint8Array, signal: AbortSignal): Promise<Found> {
  const found: Found = new Map();
  const buffer = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const zip = await fromBufferPromise(buffer, { lazyEntries: true, decodeStrings: false });
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      const name = rootName(entry.fileNameRaw.toString("utf8"));
      if (name === undefined) continue;
      found.set(name, null);
      // Sizes may lie; the stream is cut where they do.
      if (entry.isEncrypted() || entry.uncompressedSize > APP_SPEC_MAX_BYTES) continue;
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        bytes += (chunk as Buffer).length;
        if (bytes > APP_SPEC_MAX_BYTES) throw new TooLarge(`${name} is larger than it says`);
        chunks.push(chunk as Buffer);
      }
      found.set(name, Buffer.concat(chunks));
    }
    return found;
  } finally {
    zip.close();
  }
}

async function searchTar(bundle: Uint8Array, signal: AbortSignal): Promise<Found> {
  const found: Found = new Map();
  const parser = new Parser();
  let failure: Error | undefined;
  parser.on("warn", (code: string, message: string | Error) => {
    if (code !== "TAR_ENTRY_INFO") failure ??= message instanceof Error ? message : new Error(message);
  });
  parser.on("entry", (entry: ReadEntry) => {
    const name = rootName(entry.path);
    const isRead = name !== undefined && isPlainFile(entry) && entry.size <= APP_SPEC_MAX_BYTES;
    if (name !== undefined) found.set(name, null);
    const chunks: Buffer[] = [];
    if (isRead) {
      entry.on("data", (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
      entry.on("end", () => found.set(name, Buffer.concat(chunks)));
    }
    entry.resume();
  });
  let unpackedBytes = 0;
  async function feed(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      unpackedBytes += chunk.length;
      if (unpackedBytes > BUNDLE_UNPACKED_MAX_BYTES) {
        throw new TooLarge(`unpacked it has more than ${BUNDLE_UNPACKED_MAX_BYTES} bytes`);
      }
      parser.write(chunk);
      if (failure) throw failure;
    }
    parser.end();
    if (failure) throw failure;
  }
  const buffer = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const source = Readable.from([buffer]);
  const isGzipped = buffer.length >= 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  if (isGzipped) await pipeline(source, createGunzip(), feed, { signal });
  else await pipeline(source, feed, { signal });
  return found;
}

function isPlainFile(entry: ReadEntry): boolean {
  return entry.type === "File" || entry.type === "OldFile" || entry.type === "ContiguousFile";
}

function rootName(path: string): (typeof APP_SPEC_NAMES)[number] | undefined {
  const name = path.replace(/^(\.\/+)+/, "");
  return APP_SPEC_NAMES.find((wanted) => wanted === name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
