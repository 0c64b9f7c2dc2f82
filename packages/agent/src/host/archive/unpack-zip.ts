import { closeSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import { entryNameOf, MAX_LINK_TARGET_BYTES, TARGET_NOT_UTF8 } from "@sluice/model/bundle/entry-name.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { EntryRefused } from "@sluice/wire/archive/entry-refused.ts";
import { zipEntryKind } from "@sluice/wire/archive/zip-entry-kind.ts";
import { zipEntryName } from "@sluice/wire/archive/zip-entry-name.ts";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { EventFailure } from "../event-failure.ts";
import type { EntryAttributes } from "./archive-access.ts";
import { notOfType } from "./archive-kind.ts";
import type { ArchiveWriter } from "./archive-writer.ts";
import { refusedEntry, refusedFor } from "./entry-path.ts";
import { ZipRanges } from "./zip-ranges.ts";

/** Up to here, one read and one inflate on this thread cost less than a stream. */
const MAX_WHOLE_READ_BYTES = 1024 * 1024;

const STORED = 0;
const WRITE_BITS = 0o222;
/** unzip clears the special bits unless asked otherwise. */
const KEPT_MODE_BITS = 0o777;
const DEFAULT_FILE_MODE = 0o644;
const DEFAULT_DIRECTORY_MODE = 0o755;
/** How often the loop lets other work of the agent in. */
const YIELD_EVERY_ENTRIES = 64;

const LOCAL_HEADER = { bytes: 30, signature: 0x04034b50, nameLengthAt: 26, extraLengthAt: 28 } as const;

const DAMAGED_CURE = "Upload the bundle again from a complete archive (`unzip -t FILE` must find no error).";

/** @throws EventFailure for a damaged or hostile archive */
export async function unpackZip(
  bundleFile: string,
  { writer, signal }: { readonly writer: ArchiveWriter; readonly signal: AbortSignal },
): Promise<void> {
  const descriptor = openSync(bundleFile, "r");
  let zip: ZipFile | undefined;
  try {
    // Names stay bytes: yauzl's own name check throws words that name no cure.
    zip = await fromFdPromise(descriptor, { lazyEntries: true, autoClose: false, decodeStrings: false });
    let count = 0;
    const ranges = new ZipRanges();
    for await (const entry of zip.eachEntry()) {
      count += 1;
      if (count % YIELD_EVERY_ENTRIES === 0) {
        signal.throwIfAborted();
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (ranges.add(entry.relativeOffsetOfLocalHeader, entry.compressedSize)) throw sharedBytes();
      await unpackEntry(zip, entry, descriptor, writer);
    }
    if (ranges.overlaps()) throw sharedBytes();
  } catch (error) {
    if (error instanceof EventFailure || error instanceof EntryRefused || signal.aborted || isSystemError(error))
      throw error;
    throw notOfType("zip", `is damaged or cut short (${reasonOf(error)})`, DAMAGED_CURE);
  } finally {
    if (zip) zip.close();
    else closeSync(descriptor);
  }
}

function sharedBytes(): EventFailure {
  return new EventFailure(
    "The bundle was refused, and nothing was unpacked: entries of the zip share bytes of it, like an archive that is made to fill a disk. Pack it again, then deploy again.",
  );
}

async function unpackEntry(zip: ZipFile, entry: Entry, descriptor: number, writer: ArchiveWriter): Promise<void> {
  const { kind, name, unixMode, isReadOnly } = zipEntryKind(entry);
  if (kind === "directory") return writer.addDirectory(name, attributesOf(entry, unixMode, DEFAULT_DIRECTORY_MODE));
  const fileMode = isReadOnly ? DEFAULT_FILE_MODE & ~WRITE_BITS : DEFAULT_FILE_MODE;
  const attributes = attributesOf(entry, unixMode, fileMode);
  if (kind === "link") {
    // A link's target is its content. Both sizes: the packed one is what is read into memory, and the two need not agree.
    if (Math.max(entry.uncompressedSize, entry.compressedSize / 2) > MAX_LINK_TARGET_BYTES) {
      throw refusedEntry(name, "its link target is too long");
    }
    return writer.addSymbolicLink(name, linkTarget(name, readWhole(entry, descriptor)), attributes);
  }
  const file = writer.addFile(name, attributes);
  try {
    if (entry.compressedSize <= MAX_WHOLE_READ_BYTES && entry.uncompressedSize <= MAX_WHOLE_READ_BYTES) {
      writer.countBytes(entry.uncompressedSize);
      file.write(readWhole(entry, descriptor));
    } else {
      let checksum = 0;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        writer.countBytes((chunk as Buffer).length);
        checksum = crc32(chunk as Buffer, checksum);
        file.write(chunk as Buffer);
      }
      checkChecksum(name, entry, checksum);
    }
  } finally {
    file.close();
  }
}

function linkTarget(name: string, bytes: Buffer): string {
  const target = entryNameOf(bytes);
  if (target === undefined) throw refusedFor(name, TARGET_NOT_UTF8);
  return target;
}

function readWhole(entry: Entry, descriptor: number): Buffer {
  const header = readExactly(descriptor, LOCAL_HEADER.bytes, entry.relativeOffsetOfLocalHeader);
  if (header.readUInt32LE(0) !== LOCAL_HEADER.signature) throw new Error("an entry's local header is missing");
  const dataAt =
    entry.relativeOffsetOfLocalHeader +
    LOCAL_HEADER.bytes +
    header.readUInt16LE(LOCAL_HEADER.nameLengthAt) +
    header.readUInt16LE(LOCAL_HEADER.extraLengthAt);
  const packed = readExactly(descriptor, entry.compressedSize, dataAt);
  // The declared size bounds the inflating, so a lying entry cannot grow beyond it.
  const content =
    entry.compressionMethod === STORED
      ? packed
      : inflateRawSync(packed, { maxOutputLength: Math.max(entry.uncompressedSize, 1) });
  if (content.length !== entry.uncompressedSize) throw new Error("an entry's size is not the declared one");
  checkChecksum(zipEntryName(entry), entry, crc32(content));
  return content;
}

function checkChecksum(name: string, entry: Entry, checksum: number): void {
  if (checksum !== entry.crc32) throw new Error(`the checksum of entry ${JSON.stringify(name)} does not match`);
}

function readExactly(descriptor: number, length: number, position: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  for (let read = 0; read < length; ) {
    const more = readSync(descriptor, buffer, read, length - read, position + read);
    if (more === 0) throw new Error("the file ends in the middle of an entry");
    read += more;
  }
  return buffer;
}

/** `defaultMode`: where the archive knows no Unix modes. */
function attributesOf(entry: Entry, unixMode: number, defaultMode: number): EntryAttributes {
  const mode = unixMode === 0 ? defaultMode : unixMode & KEPT_MODE_BITS;
  return { mode, modifiedAt: entry.getLastModDate(), owner: undefined };
}

function isSystemError(error: unknown): boolean {
  const { errno } = error as NodeJS.ErrnoException;
  return typeof errno === "number" && !String((error as NodeJS.ErrnoException).code).startsWith("Z_");
}
