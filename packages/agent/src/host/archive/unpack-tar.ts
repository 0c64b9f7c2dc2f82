import { createReadStream } from "node:fs";
import type { TransformOptions } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, type ZlibOptions } from "node:zlib";
import { SparseContent } from "@sluice/wire/archive/sparse-map.ts";
import { tarEntryKind } from "@sluice/wire/archive/tar-entry-kind.ts";
import { DamagedTar } from "@sluice/wire/archive/tar-header.ts";
import { type ContentSink, type TarEntry, TarReader } from "@sluice/wire/archive/tar-reader.ts";
import { accountIds } from "../install/accounts.ts";
import type { BundleType } from "../revision.ts";
import type { EntryAttributes } from "./archive-access.ts";
import { notOfType } from "./archive-kind.ts";
import type { ArchiveWriter, OpenEntry } from "./archive-writer.ts";
import { refusedEntry } from "./entry-path.ts";

/** Large pieces keep the hand-overs between the inflating thread and this one few. */
const CHUNK_BYTES = 256 * 1024;
/** How far the inflating may run ahead of the writing, so that neither waits for the other. */
const INFLATED_AHEAD_BYTES = 2 * 1024 * 1024;
const INFLATING: ZlibOptions & TransformOptions = {
  chunkSize: CHUNK_BYTES,
  readableHighWaterMark: INFLATED_AHEAD_BYTES,
};
const DEFAULT_FILE_MODE = 0o644;
const MODE_BITS = 0o7777;
const GZIP_MAGIC = 0x1f8b;
/** The largest is -1 to the kernel, which means "leave it as it is". */
const MAX_ACCOUNT_ID = 0xffff_fffe;

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
  const asRoot = process.geteuid?.() === 0;
  let openFile: OpenEntry | undefined;
  const reader = new TarReader((entry) => {
    const added = addEntry(writer, entry, asRoot);
    if (added === undefined) return undefined;
    const file = added;
    openFile = file;
    const content = contentOf(entry, file, writer);
    return {
      write: (chunk) => content.write(chunk),
      close: () => {
        openFile = undefined;
        try {
          content.close();
        } finally {
          file.close();
        }
      },
    };
  });

  let isFirst = true;
  async function feed(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      if (isFirst && chunk.length >= 2 && chunk.readUInt16BE(0) === GZIP_MAGIC) {
        throw notOfType(declared, "is gzip inside gzip", "Compress the tar only once.");
      }
      isFirst = false;
      writer.countBytes(chunk.length);
      reader.write(chunk);
    }
    reader.end();
  }

  const file = createReadStream(bundleFile, { highWaterMark: CHUNK_BYTES });
  try {
    if (isGzipped) await pipeline(file, createGunzip(INFLATING), feed, { signal });
    else await pipeline(file, feed, { signal });
  } catch (error) {
    if (error instanceof DamagedTar) throw damaged(declared, error.message);
    const code = (error as NodeJS.ErrnoException).code;
    if (typeof code === "string" && code.startsWith("Z_")) throw damaged(declared, `gzip: ${(error as Error).message}`);
    throw error;
  } finally {
    openFile?.close();
  }
}

function damaged(declared: BundleType, words: string): Error {
  return notOfType(declared, `is damaged or cut short (${words})`, DAMAGED_CURE);
}

/** A sparse file counts with its holes, so that a small archive cannot become a file that fills the disk when it is installed. */
function contentOf({ sparse, size, name }: TarEntry, file: OpenEntry, writer: ArchiveWriter): ContentSink {
  if (sparse === undefined) return { write: (chunk) => file.write(chunk), close: () => {} };
  const content = new SparseContent(file, sparse, size, name);
  writer.countBytes(Math.max(sparse.realSize - size, 0));
  return content;
}

function addEntry(writer: ArchiveWriter, entry: TarEntry, asRoot: boolean): OpenEntry | undefined {
  const is = tarEntryKind(entry);
  switch (is.kind) {
    case "file":
      return writer.addFile(is.name, attributesOf(entry, asRoot));
    case "directory":
      writer.addDirectory(is.name, attributesOf(entry, asRoot));
      return undefined;
    case "link":
      writer.addSymbolicLink(is.name, is.target, attributesOf(entry, asRoot));
      return undefined;
    case "hardLink":
      writer.addHardLink(is.name, is.target);
      return undefined;
    case "label":
      return undefined;
  }
}

/** As `tar -xp` run by root does: the owner by name where the host knows the name, else by number. */
function attributesOf(entry: TarEntry, asRoot: boolean): EntryAttributes {
  const owner = asRoot
    ? accountIds({ user: entry.userName, uid: entry.uid, group: entry.groupName, gid: entry.gid })
    : undefined;
  for (const id of owner ? [owner.uid, owner.gid] : []) {
    if (Number.isSafeInteger(id) && id >= 0 && id <= MAX_ACCOUNT_ID) continue;
    throw refusedEntry(
      entry.name,
      `its owner or group (${id}) is not a number that a user or group can have`,
      "Pack it again",
    );
  }
  return {
    mode: (entry.mode ?? DEFAULT_FILE_MODE) & MODE_BITS,
    modifiedAt: entry.modifiedAt,
    owner: owner === undefined || (owner.uid === 0 && owner.gid === 0) ? undefined : owner,
  };
}
