import { createReadStream } from "node:fs";
import type { TransformOptions } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, type ZlibOptions } from "node:zlib";
import { Parser, type ReadEntry } from "tar";
import { accountIds } from "../install/accounts.ts";
import type { BundleType } from "../revision.ts";
import type { EntryAttributes } from "./archive-access.ts";
import { notOfType } from "./archive-kind.ts";
import type { ArchiveWriter, OpenEntry } from "./archive-writer.ts";
import { refusedEntry } from "./entry-path.ts";
import { checkExtendedHeader, SPARSE_REFUSAL } from "./extended-header.ts";

/** Large pieces keep the hand-overs between the inflating thread and this one few. */
const CHUNK_BYTES = 256 * 1024;
/** How far the inflating may run ahead of the writing, so that neither waits for the other. */
const INFLATED_AHEAD_BYTES = 2 * 1024 * 1024;
const INFLATING: ZlibOptions & TransformOptions = {
  chunkSize: CHUNK_BYTES,
  readableHighWaterMark: INFLATED_AHEAD_BYTES,
};
const DEFAULT_FILE_MODE = 0o644;
const GZIP_MAGIC = 0x1f8b;
/** What decoding puts in the place of bytes that are no UTF-8. */
const NOT_TEXT = "\ufffd";
/** The largest is -1 to the kernel, which means "leave it as it is". */
const ACCOUNT_ID_MAX = 0xffff_fffe;

const DAMAGED_CURE = "Upload the bundle again from a complete archive (`tar -tf FILE` must list it without an error).";

/**
 * Unpacks a tar, gzipped or not. Inflating runs on another thread while this one parses and writes.
 * @throws EventFailure for a damaged or hostile archive
 */
export async function unpackTar(
  bundleFile: string,
  declared: BundleType,
  {
    isGzipped,
    writer,
    signal,
  }: { readonly isGzipped: boolean; readonly writer: ArchiveWriter; readonly signal: AbortSignal },
): Promise<void> {
  const parser = new Parser();
  const asRoot = process.geteuid?.() === 0;
  let failure: unknown;
  let openEntry: OpenEntry | undefined;

  function attempt(step: () => void): void {
    if (failure !== undefined) return;
    try {
      step();
    } catch (error) {
      failure = error;
    }
  }

  parser.on("warn", (code: string, message: string | Error) => {
    if (code === "TAR_ENTRY_INFO") return;
    const words = message instanceof Error ? message.message : message;
    attempt(() => {
      throw notOfType(declared, `is damaged or cut short (${words})`, DAMAGED_CURE);
    });
  });
  parser.on("meta", (text: string) => attempt(() => checkExtendedHeader(text)));
  parser.on("ignoredEntry", (entry: ReadEntry) => {
    attempt(() => {
      if (entry.type === "SparseFile") throw refusedEntry(entry.path, ...SPARSE_REFUSAL);
      throw refusedEntry(entry.path, `it is of a kind (${entry.type}) that cannot be unpacked`);
    });
  });
  parser.on("entry", (entry: ReadEntry) => {
    attempt(() => {
      openEntry = addEntry(writer, entry, asRoot);
    });
    entry.on("data", (chunk: Buffer) => attempt(() => openEntry?.write(chunk)));
    entry.on("end", () => {
      const ended = openEntry;
      openEntry = undefined;
      if (ended) attempt(() => ended.close());
    });
    entry.resume();
  });

  let isFirst = true;
  async function feed(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      if (isFirst && chunk.length >= 2 && chunk.readUInt16BE(0) === GZIP_MAGIC) {
        throw notOfType(declared, "is gzip inside gzip", "Compress the tar only once.");
      }
      isFirst = false;
      writer.countBytes(chunk.length);
      parser.write(chunk);
      if (failure !== undefined) throw failure;
    }
    parser.end();
    if (failure !== undefined) throw failure;
  }

  const file = createReadStream(bundleFile, { highWaterMark: CHUNK_BYTES });
  try {
    if (isGzipped)
      await pipeline(file, createGunzip(INFLATING), feed, {
        signal,
      });
    else await pipeline(file, feed, { signal });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (typeof code === "string" && code.startsWith("Z_")) {
      throw notOfType(declared, `is damaged or cut short (gzip: ${(error as Error).message})`, DAMAGED_CURE);
    }
    throw error;
  } finally {
    openEntry?.close();
  }
}

function addEntry(writer: ArchiveWriter, entry: ReadEntry, asRoot: boolean): OpenEntry | undefined {
  // Bytes that are no text have become the same mark each, so two names could be one, and neither would be the bundle's.
  if (`${entry.path}${entry.linkpath ?? ""}`.includes(NOT_TEXT)) {
    throw refusedEntry(entry.path, "its name or target is not UTF-8", "Rename it in the bundle");
  }
  switch (entry.type) {
    case "File":
    case "OldFile":
    case "ContiguousFile":
      // Tars from before POSIX mark a directory by its slash only.
      if (entry.path.endsWith("/")) {
        writer.addDirectory(entry.path, attributesOf(entry, asRoot));
        return undefined;
      }
      return writer.addFile(entry.path, attributesOf(entry, asRoot));
    case "Directory":
    case "GNUDumpDir":
      writer.addDirectory(entry.path, attributesOf(entry, asRoot));
      return undefined;
    case "SymbolicLink":
      writer.addSymbolicLink(entry.path, entry.linkpath ?? "", attributesOf(entry, asRoot));
      return undefined;
    case "Link":
      writer.addHardLink(entry.path, entry.linkpath ?? "");
      return undefined;
    default:
      throw refusedEntry(entry.path, `it is a ${KIND_WORDS[entry.type] ?? entry.type}`);
  }
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  CharacterDevice: "character device",
  BlockDevice: "block device",
  FIFO: "named pipe",
};

/** As `tar -xp` run by root does: the owner by name where the host knows the name, else by number. */
function attributesOf(entry: ReadEntry, asRoot: boolean): EntryAttributes {
  const owner = asRoot
    ? accountIds({ user: entry.uname, uid: entry.uid ?? 0, group: entry.gname, gid: entry.gid ?? 0 })
    : undefined;
  for (const id of owner ? [owner.uid, owner.gid] : []) {
    if (Number.isSafeInteger(id) && id >= 0 && id <= ACCOUNT_ID_MAX) continue;
    throw refusedEntry(
      entry.path,
      `its owner or group (${id}) is not a number that a user or group can have`,
      "Pack it again",
    );
  }
  return {
    mode: entry.mode ?? DEFAULT_FILE_MODE,
    modifiedAt: entry.mtime,
    owner: owner === undefined || (owner.uid === 0 && owner.gid === 0) ? undefined : owner,
  };
}
