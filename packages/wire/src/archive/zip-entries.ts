import { type Entry, fromBufferPromise } from "yauzl";
import { type ZipEntryKind, zipEntryKind } from "./zip-entry-kind.ts";

/** `read` gives an entry's content up to so many bytes. */
export async function eachZipEntry(
  bundle: Uint8Array,
  signal: AbortSignal,
  visit: (is: ZipEntryKind, entry: Entry, read: (maxBytes: number) => Promise<Buffer>) => Promise<void>,
): Promise<void> {
  const buffer = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const zip = await fromBufferPromise(buffer, { lazyEntries: true, decodeStrings: false });
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      await visit(zipEntryKind(entry), entry, async (maxBytes) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        // Sizes may lie; the stream is cut where they do.
        for await (const chunk of await zip.openReadStreamPromise(entry)) {
          chunks.push(chunk as Buffer);
          bytes += (chunk as Buffer).length;
          if (bytes >= maxBytes) break;
        }
        return Buffer.concat(chunks).subarray(0, maxBytes);
      });
    }
  } finally {
    zip.close();
  }
}
