import type { FolderFile } from "./dropped-files.ts";

/** Of Unix, in the upper half of a zip entry's attributes: a file that everybody may read, and one that everybody may run. */
const READABLE = 0o100644;
const RUNNABLE = 0o100755;
const UNIX = 3;
const ATTRIBUTES_SHIFT = 16;
const SHEBANG = [0x23, 0x21] as const;
const LEVEL = 6;

/**
 * A zip of a folder's files, made piece by piece so that the page goes on. A browser does not tell which files may be run: those that begin
 * with `#!` may.
 * @param onProgress the share of the files' bytes that is packed, 0 to 1
 */
export async function zipFolder(
  files: readonly FolderFile[],
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const { Zip, ZipDeflate } = await import("fflate");
  const parts: BlobPart[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    // A copy of its own: fflate may write on in the memory that it is a view of.
    else parts.push(piece.slice());
  });
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let packed = 0;
  for (const { path, file } of files) {
    const entry = new ZipDeflate(path, { level: LEVEL });
    entry.os = UNIX;
    // Without a sign: the highest bit is one of the mode's.
    entry.attrs = (((await beginsWithShebang(file)) ? RUNNABLE : READABLE) << ATTRIBUTES_SHIFT) >>> 0;
    entry.mtime = file.lastModified;
    zip.add(entry);
    const reader = file.stream().getReader();
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      entry.push(value);
      packed += value.length;
      onProgress(total === 0 ? 1 : packed / total);
    }
    entry.push(new Uint8Array(), true);
    if (failure) throw failure;
  }
  zip.end();
  if (failure) throw failure;
  return new Blob(parts, { type: "application/zip" });
}

async function beginsWithShebang(file: File): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, SHEBANG.length).arrayBuffer());
  return SHEBANG.every((byte, index) => start[index] === byte);
}
