import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise } from "yauzl";
import { type ZipEntryKind, zipEntryKind } from "./zip-entry-kind.ts";
import { zipEntryName } from "./zip-entry-name.ts";

/** `read` gives an entry's content up to so many bytes; `count` reads it, up to so many bytes, and keeps nothing; `each` hands it on in pieces. All reject what is damaged. */
export async function eachZipEntry(
  bundle: Uint8Array,
  signal: AbortSignal,
  visit: (
    is: ZipEntryKind,
    entry: Entry,
    read: (maxBytes: number) => Promise<Buffer>,
    count: (maxBytes: number) => Promise<number>,
    each: (maxBytes: number, visitChunk: (chunk: Buffer) => void) => Promise<number>,
  ) => Promise<void>,
): Promise<void> {
  const buffer = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const zip = await fromBufferPromise(buffer, { lazyEntries: true, decodeStrings: false });
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      // Sizes may lie; the stream is cut where they do.
      const each = async (maxBytes: number, visitChunk: (chunk: Buffer) => void) => {
        let bytes = 0;
        let checksum = 0;
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
          signal.throwIfAborted();
          visitChunk(chunk as Buffer);
          checksum = crc32(chunk as Buffer, checksum);
          bytes += (chunk as Buffer).length;
          if (bytes >= maxBytes) return maxBytes;
        }
        if (checksum !== entry.crc32) {
          throw new Error(`the checksum of entry ${JSON.stringify(zipEntryName(entry))} does not match`);
        }
        return bytes;
      };
      const read = async (maxBytes: number) => {
        const chunks: Buffer[] = [];
        await each(maxBytes, (chunk) => chunks.push(chunk));
        return Buffer.concat(chunks).subarray(0, maxBytes);
      };
      await visit(zipEntryKind(entry), entry, read, (maxBytes) => each(maxBytes, () => {}), each);
    }
  } finally {
    zip.close();
  }
}
