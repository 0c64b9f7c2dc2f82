import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { freeBytes } from "@sluice/wire/files/free-bytes.ts";

/** Two versions for two platforms; the oldest goes when there are more. */
export const MAX_COMPRESSED_PROGRAMS = 4;
const PIECE_BYTES = 256 * 1024;
/** After each piece it rests for so many times as long as that took: whoever deploys meanwhile is not to notice. */
const RESTS = 3;
/** A disk that was full or could not be written to is tried again after this. */
const RETRY_MILLISECONDS = 3_600_000;
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const SUFFIX = ".gz";
const UNFINISHED = ".unfinished";

export interface UncompressedProgram {
  readonly file: string;
  /** In hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface CompressedProgramsParts {
  /** Made when it is needed. */
  readonly directory: string;
  readonly now: () => number;
  /** Why a program stays as it is: told once, and again after an hour. */
  readonly onError: (error: unknown) => void;
}

/**
 * The programs of hosts once more, compressed: a third of the size. Each is made once, in the background, and named by the hash of what it unpacks to. Where it
 * cannot be made, hosts get the program as it is.
 */
export class CompressedPrograms {
  readonly #parts: CompressedProgramsParts;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #failedAt: number | undefined;

  constructor(parts: CompressedProgramsParts) {
    this.#parts = parts;
  }

  /** The compressed file; undefined while there is none, which begins to make it. */
  async of(program: UncompressedProgram): Promise<string | undefined> {
    const file = join(this.#parts.directory, `${program.sha256}${SUFFIX}`);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return file;
    this.#begin(program, file);
    return undefined;
  }

  /** What is in the making is given up. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#queue;
  }

  /** Waits for what is in the making; for tests. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  #begin(program: UncompressedProgram, file: string): void {
    const { now, onError } = this.#parts;
    const isTooSoon = this.#failedAt !== undefined && Math.abs(now() - this.#failedAt) < RETRY_MILLISECONDS;
    if (isTooSoon || this.#underWay.has(program.sha256) || this.#stopping.signal.aborted) return;
    this.#underWay.add(program.sha256);
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#make(program, file);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#failedAt = now();
        onError(error);
      } finally {
        this.#underWay.delete(program.sha256);
      }
    });
  }

  async #make(program: UncompressedProgram, file: string): Promise<void> {
    const { directory } = this.#parts;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
    // A server that was killed left them.
    for (const name of await readdir(directory)) if (name.endsWith(UNFINISHED)) await rm(join(directory, name));
    requireRoom(directory, program.bytes);
    const unfinished = `${file}${UNFINISHED}`;
    try {
      const fileSha256 = await compress(program.file, unfinished, signal);
      if (fileSha256 !== program.sha256) throw new Error(`${program.file} was replaced while it was compressed`);
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    await removeOldest(directory);
  }
}

/** Without knowing how well it compresses. */
function requireRoom(directory: string, bytes: number): void {
  const free = freeBytes(directory);
  if (free >= bytes) return;
  throw new Error(`${directory} has ${formatBytes(free)} free, and ${formatBytes(bytes)} are needed`);
}

/** @returns the hash of what was compressed */
async function compress(from: string, to: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  async function* pieces() {
    for await (const piece of createReadStream(from, { highWaterMark: PIECE_BYTES })) {
      hash.update(piece as Buffer);
      const began = performance.now();
      yield piece as Buffer;
      await sleep((performance.now() - began) * RESTS, undefined, { signal });
    }
  }
  const output = createWriteStream(to, { flags: "wx", mode: FILE_MODE, flush: true });
  await pipeline(pieces, createGzip(), output, { signal });
  return hash.digest("hex");
}

async function removeOldest(directory: string): Promise<void> {
  const files: { readonly path: string; readonly at: number }[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.endsWith(SUFFIX)) files.push({ path, at: (await stat(path)).mtimeMs });
  }
  files.sort((one, other) => other.at - one.at);
  for (const { path } of files.slice(MAX_COMPRESSED_PROGRAMS)) await rm(path, { force: true });
}
