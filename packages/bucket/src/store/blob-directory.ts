/**
 * Immutable files under random names, the bytes behind objects and parts. Keys never become paths. A blob counts only once a
 * committed row names it: what a crash leaves between the write and the commit is removed by `sweep` at the next start, so a
 * temporary name and a rename would add nothing.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, unlinkSync } from "node:fs";
import { copyFile, link, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import { startChecksum } from "@sluice/wire/checksum/checksum.ts";
import { BucketFault } from "./bucket-fault.ts";
import type { Body, BodyExpectation, ByteRange, Segment } from "./stored-object.ts";

const READ_CHUNK_BYTES = 256 * 1024;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
/** File systems without hard links, or with too many to one file, get a copy. */
const LINK_REFUSALS = new Set(["EMLINK", "EPERM", "ENOTSUP", "EOPNOTSUPP", "EXDEV"]);

export interface WrittenBlob extends Segment {
  md5Hex: string;
  sha256: string;
  /** Base64, where the expectation named an algorithm. */
  checksum?: string;
}

export class BlobDirectory {
  readonly #root: string;
  /** Folders that are there: the first two digits of what is in them. */
  readonly #folders: Set<string>;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true, mode: PRIVATE_DIRECTORY });
    this.#folders = new Set(readdirSync(root));
  }

  /** Streams `body` to disk; when it returns, bytes and directory entry have reached the disk. */
  async write(body: Body, expectation: BodyExpectation, maxBytes: number): Promise<WrittenBlob> {
    const blob = randomBytes(16).toString("hex");
    const md5 = createHash("md5");
    const sha256 = createHash("sha256");
    const checksum = expectation.checksum && startChecksum(expectation.checksum.algorithm);
    let sizeBytes = 0;
    try {
      await this.#makeFolderOf(blob);
      const file = await open(this.#path(blob), "wx", PRIVATE_FILE);
      try {
        for await (const chunk of body) {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBytes) throw tooLarge(sizeBytes, maxBytes);
          md5.update(chunk);
          sha256.update(chunk);
          checksum?.update(chunk);
          await writeAll(file, chunk);
        }
        const written = {
          blob,
          sizeBytes,
          md5Hex: md5.digest("hex"),
          sha256: sha256.digest("hex"),
          ...(checksum && { checksum: checksum.digest() }),
        };
        requireExpected(written, expectation);
        await file.sync();
        await this.#syncDirectoryOf(blob);
        return written;
      } finally {
        await file.close();
      }
    } catch (error) {
      await unlink(this.#path(blob)).catch(() => undefined);
      if (fullDisk(error)) {
        throw new BucketFault("InsufficientStorage", diskIsFull("The server's disk"), {}, { cause: error });
      }
      throw error;
    }
  }

  /** A second name for the same bytes, so that each object may be deleted alone. */
  async duplicate(source: Segment): Promise<Segment> {
    const blob = randomBytes(16).toString("hex");
    await this.#makeFolderOf(blob);
    try {
      await link(this.#path(source.blob), this.#path(blob));
    } catch (error) {
      if (!isNodeError(error) || !LINK_REFUSALS.has(error.code ?? "")) throw error;
      await copyFile(this.#path(source.blob), this.#path(blob));
      const file = await open(this.#path(blob), "r+");
      await file.sync().finally(() => file.close());
    }
    await this.#syncDirectoryOf(blob);
    return { ...source, blob };
  }

  /** The bytes of `range` within the segments put end to end. The segments must be held by `pin` until it is read. */
  async *read(segments: readonly Segment[], range: ByteRange): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { blob, sizeBytes } of segments) {
      const start = Math.max(range.start - offset, 0);
      const end = Math.min(range.end - offset, sizeBytes - 1);
      offset += sizeBytes;
      if (start > end) continue;
      let left = end - start + 1;
      for await (const chunk of createReadStream(this.#path(blob), { start, end, highWaterMark: READ_CHUNK_BYTES })) {
        left -= (chunk as Buffer).length;
        yield chunk as Buffer;
      }
      // A short file must break the answer off, not end it as if it were whole.
      if (left !== 0) throw new Error(`blob ${blob} is ${left} bytes shorter than recorded`);
    }
  }

  /** Keeps the segments on disk until the returned function is called, even when they are discarded meanwhile. */
  pin(segments: readonly Segment[]): () => void {
    for (const { blob } of segments) this.#readers.set(blob, (this.#readers.get(blob) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const { blob } of segments) {
        const readers = this.#readers.get(blob)! - 1;
        if (readers > 0) this.#readers.set(blob, readers);
        else {
          this.#readers.delete(blob);
          if (this.#doomed.delete(blob)) void unlink(this.#path(blob)).catch(() => undefined);
        }
      }
    };
  }

  /** Removes what no row names any more. One that cannot be removed now goes with the next start's sweep. */
  async discard(segments: readonly Segment[]): Promise<void> {
    for (const { blob } of segments) {
      if (this.#readers.has(blob)) this.#doomed.add(blob);
      else await unlink(this.#path(blob)).catch(() => undefined);
    }
  }

  /** Removes every blob that is not in `referenced`; only for the start, before any write. Returns how many went. */
  sweep(referenced: ReadonlySet<string>): number {
    let removed = 0;
    for (const fan of readdirSync(this.#root)) {
      for (const name of readdirSync(join(this.#root, fan))) {
        if (referenced.has(name)) continue;
        unlinkSync(join(this.#root, fan, name));
        removed++;
      }
    }
    return removed;
  }

  #path(blob: string): string {
    return join(this.#root, folderOf(blob), blob);
  }

  /** When it returns, the folder's own name has reached the disk. */
  async #makeFolderOf(blob: string): Promise<void> {
    const folder = folderOf(blob);
    if (this.#folders.has(folder)) return;
    await mkdir(join(this.#root, folder), { recursive: true, mode: PRIVATE_DIRECTORY });
    await syncDirectory(this.#root);
    this.#folders.add(folder);
  }

  #syncDirectoryOf(blob: string): Promise<void> {
    return syncDirectory(join(this.#root, folderOf(blob)));
  }
}

function folderOf(blob: string): string {
  return blob.slice(0, 2);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  await directory.sync().finally(() => directory.close());
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    offset += (await file.write(chunk, offset, chunk.length - offset)).bytesWritten;
  }
}

function requireExpected(written: WrittenBlob, expectation: BodyExpectation): void {
  if (expectation.sizeBytes !== undefined && expectation.sizeBytes !== written.sizeBytes) {
    throw new BucketFault(
      "IncompleteBody",
      `The body has ${written.sizeBytes} bytes and ${expectation.sizeBytes} were announced: send it again.`,
    );
  }
  if (expectation.md5Hex !== undefined && expectation.md5Hex !== written.md5Hex) {
    throw new BucketFault("BadDigest", "The Content-MD5 you specified did not match what we received.", {
      ExpectedDigest: expectation.md5Hex,
      CalculatedDigest: written.md5Hex,
    });
  }
  const expected = expectation.checksum?.expected();
  if (expected !== undefined && expected !== written.checksum) {
    throw new BucketFault(
      "BadDigest",
      `The ${expectation.checksum!.algorithm} you specified did not match the calculated checksum.`,
    );
  }
}

function tooLarge(sizeBytes: number, maxBytes: number): BucketFault {
  return new BucketFault(
    "EntityTooLarge",
    `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes: upload it in parts.`,
    { ProposedSize: String(sizeBytes), MaxSizeAllowed: String(maxBytes) },
  );
}

function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
