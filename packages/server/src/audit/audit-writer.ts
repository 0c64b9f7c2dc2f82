import { write, writeSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Timers } from "../loops/timers.ts";
import { auditFileName, listAuditFiles, pruneAuditFiles } from "./audit-directory.ts";

/** A file has lines of one day at most. */
const MAX_FILE_AGE_MILLISECONDS = 24 * 60 * 60 * 1000;
/** What was written is made to last a power failure this often. */
const SYNC_MILLISECONDS = 1_000;
/** How long a call waits for its line at most. */
const PATIENCE_MILLISECONDS = 1_000;
/** What waits for a slow disk; beyond, lines are lost, and counted. */
export const MAX_WAITING_AUDIT_BYTES = 16_777_216;
/** The same of lines about callers who proved nothing: they take no room from the others. */
export const MAX_WAITING_UNPROVED_BYTES = 1_048_576;
/** How often files are looked through for those that are too old. */
const PRUNE_MILLISECONDS = 60 * 60 * 1000;

export interface AuditWriterOptions {
  readonly directory: string;
  readonly maxFileBytes: number;
  readonly keepDays: number;
  /**
   * Lines go to the kernel at once, which costs a call of a small change a few microseconds instead of a wait. For a disk that the server waits
   * for anyway: its SQLite database is on it.
   */
  readonly isAtOnce: boolean;
  readonly timers: Timers;
  /** Hears of each time that lines could not be written. */
  readonly onError: (error: unknown) => void;
  /** The line that says how many were lost, when writing goes on. */
  readonly lossLine: (lost: number) => string;
}

const DONE = Promise.resolve();

interface Batch {
  text: string;
  lines: number;
  readonly written: PromiseWithResolvers<void>;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly begunAt: number;
  bytes: number;
}

/**
 * Appends lines to the files. What comes while a write is under way is the next write: one call of the kernel for all. A line that cannot be
 * written is lost and counted, and nobody who waits for it is told: calls go on.
 */
export class AuditWriter {
  readonly #options: AuditWriterOptions;
  #file: OpenFile | undefined;
  #batch: Batch | undefined;
  #writing: Promise<void> | undefined;
  #unprovedBytes = 0;
  /** The last write did not end in time: until it has, nobody waits for it. */
  #isStalled = false;
  #endsInMidLine = false;
  #isDirty = false;
  #unsaidLoss = 0;
  #cancelSync: (() => void) | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  linesWritten = 0;
  linesLost = 0;
  /** Why the last write failed; null: it did not. */
  trouble: string | null = null;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
  }

  /** Resolves when the line is in the kernel's hands, when it is lost, or after a second. Never rejects. */
  append(line: string, isProved = true): Promise<void> {
    if (this.#writesAtOnce(line)) return DONE;
    const waiting = this.#batch?.text.length ?? 0;
    const isTooMuch =
      waiting + line.length > MAX_WAITING_AUDIT_BYTES ||
      (!isProved && this.#unprovedBytes + line.length > MAX_WAITING_UNPROVED_BYTES);
    if (isTooMuch || this.#isClosed) {
      this.#lose(1);
      return Promise.resolve();
    }
    if (!isProved) this.#unprovedBytes += line.length;
    this.#batch ??= { text: "", lines: 0, written: Promise.withResolvers() };
    const batch = this.#batch;
    batch.text += line;
    batch.lines += 1;
    this.#writing ??= this.#writeAll();
    return this.#isStalled ? Promise.resolve() : batch.written.promise;
  }

  /**
   * Why lines cannot be written now; null: they can. It is tried: the file is opened if it is not, and what was lost is said. Answers within the
   * second that a call would wait.
   */
  async whyNot(): Promise<string | null> {
    if (this.#isClosed) return null;
    this.#batch ??= { text: "", lines: 0, written: Promise.withResolvers() };
    const { written } = this.#batch;
    this.#writing ??= this.#writeAll();
    if (!this.#isStalled) await written.promise;
    return this.#isStalled ? "its disk does not answer" : this.trouble;
  }

  /** False: it is for the other way, which opens files and says what was lost. */
  #writesAtOnce(line: string): boolean {
    const isUnderWay = this.#writing !== undefined || this.#unsaidLoss > 0 || this.#endsInMidLine || this.#isClosed;
    const file = this.#options.isAtOnce && !isUnderWay ? this.#fileWithRoom() : undefined;
    if (!file) return false;
    const bytes = Buffer.from(line);
    let written = 0;
    try {
      written = writeSync(file.handle.fd, bytes);
    } catch {
      // The other way meets the same trouble, and tells it.
    }
    file.bytes += written;
    if (written > 0) this.#dirty();
    this.#endsInMidLine = written > 0 && written < bytes.length;
    if (written < bytes.length) return false;
    this.linesWritten += 1;
    return true;
  }

  /** Writes what waits. What comes afterwards is lost. */
  async close(): Promise<void> {
    await this.#writing;
    this.#isClosed = true;
    this.#cancelSync?.();
    await this.#sync().catch(this.#options.onError);
    await this.#closeFile();
  }

  async #writeAll(): Promise<void> {
    // Those who come in the same turn share a write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (let batch = this.#batch; batch; batch = this.#batch) {
      this.#batch = undefined;
      this.#unprovedBytes = 0;
      await this.#write(batch);
    }
    this.#writing = undefined;
  }

  async #write({ text, lines, written }: Batch): Promise<void> {
    const { timers, onError, lossLine } = this.#options;
    const cancel = timers.after(PATIENCE_MILLISECONDS, () => {
      this.#isStalled = true;
      written.resolve();
    });
    const lost = this.#unsaidLoss;
    try {
      const file = this.#fileWithRoom() ?? (await this.#openFile());
      const before = this.#endsInMidLine ? "\n" : "";
      const bytes = Buffer.from(`${before}${lost > 0 ? lossLine(lost) : ""}${text}`);
      await this.#writeWhole(file, bytes);
      this.#unsaidLoss -= lost;
      this.linesWritten += lines;
      this.trouble = null;
    } catch (error) {
      this.#lose(lines);
      this.trouble = error instanceof Error ? error.message : String(error);
      onError(error);
      // Whatever is wrong with the file may be right with another.
      await this.#closeFile();
    } finally {
      cancel();
      this.#isStalled = false;
      written.resolve();
    }
  }

  /** A disk that fills takes a part of the bytes: the next line must not stand behind half a line. */
  async #writeWhole({ handle }: OpenFile, bytes: Buffer): Promise<void> {
    const file = this.#file!;
    let at = 0;
    try {
      while (at < bytes.length) {
        at += await writeSome(handle.fd, bytes, at);
      }
    } finally {
      file.bytes += at;
      if (at > 0) this.#endsInMidLine = bytes[at - 1] !== 0x0a;
      this.#dirty();
    }
  }

  #lose(lines: number): void {
    this.linesLost += lines;
    this.#unsaidLoss += lines;
  }

  #fileWithRoom(): OpenFile | undefined {
    const { maxFileBytes, timers } = this.#options;
    const file = this.#file;
    const hasRoom = file && file.bytes < maxFileBytes && timers.now() - file.begunAt < MAX_FILE_AGE_MILLISECONDS;
    return hasRoom ? file : undefined;
  }

  async #openFile(): Promise<OpenFile> {
    const { timers, directory } = this.#options;
    const now = timers.now();
    const file = this.#file;
    if (file) {
      await this.#sync();
      await this.#closeFile();
    }
    await mkdir(directory, { recursive: true, mode: 0o700 });
    this.#file = (file ? undefined : await this.#newest(now)) ?? (await this.#begin(now));
    await this.#prune(now);
    return this.#file;
  }

  /** The file that a server before this one wrote to last, if there is room in it. */
  async #newest(now: number): Promise<OpenFile | undefined> {
    const [newest] = await listAuditFiles(this.#options.directory);
    if (!newest || now - newest.begunAt >= MAX_FILE_AGE_MILLISECONDS) return undefined;
    const handle = await open(newest.path, "a+", 0o600);
    const { size } = await handle.stat();
    if (size >= this.#options.maxFileBytes) {
      await handle.close();
      return undefined;
    }
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      this.#endsInMidLine = buffer[0] !== 0x0a;
    }
    return { handle, begunAt: newest.begunAt, bytes: size };
  }

  async #begin(now: number): Promise<OpenFile> {
    const { directory } = this.#options;
    const [newest] = await listAuditFiles(directory);
    // A clock that was set back must not put a new file behind older ones.
    const begunAt = Math.max(now, (newest?.begunAt ?? Number.NEGATIVE_INFINITY) + 1);
    const handle = await open(join(directory, auditFileName(begunAt)), "a", 0o600);
    this.#endsInMidLine = false;
    return { handle, begunAt, bytes: 0 };
  }

  async #prune(now: number): Promise<void> {
    if (Math.abs(now - this.#prunedAt) < PRUNE_MILLISECONDS) return;
    this.#prunedAt = now;
    const { directory, keepDays, onError } = this.#options;
    await pruneAuditFiles(directory, keepDays, now).catch(onError);
  }

  #dirty(): void {
    this.#isDirty = true;
    this.#cancelSync ??= this.#options.timers.after(SYNC_MILLISECONDS, () => {
      this.#cancelSync = undefined;
      this.#sync()
        .then(() => this.#leaveRemoved())
        .catch(this.#options.onError);
    });
  }

  async #sync(): Promise<void> {
    const file = this.#file;
    if (!file || !this.#isDirty) return;
    this.#isDirty = false;
    await file.handle.datasync().catch((error: NodeJS.ErrnoException) => {
      // Another file has been begun by now, and this one was synced before it was closed.
      if (error.code !== "EBADF") throw error;
    });
  }

  /** Lines in a file that somebody has removed would be gone with it. */
  async #leaveRemoved(): Promise<void> {
    const file = this.#file;
    if (!file || this.#writing) return;
    const { nlink } = await file.handle.stat();
    if (nlink === 0 && this.#file === file && !this.#writing) await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => {});
  }
}

/** A quarter of the work of the same by promises. How many bytes it took. */
function writeSome(descriptor: number, bytes: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, at, bytes.length - at, null, (error, written) =>
      error ? reject(error) : resolve(written),
    );
  });
}
