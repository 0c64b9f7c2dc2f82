import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { copyFile as copyFileInBackground } from "node:fs/promises";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import type { PlannedCopy } from "./install-plan.ts";

/** Larger files are copied on another thread; for smaller ones the hand-over costs more than the copy. */
const COPY_HERE_MAX_BYTES = 1024 * 1024;
const SPECIAL_BITS = 0o7000;
const MODE_BITS = 0o7777;
const REPLACED_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
/** What a file system says that shares no blocks between two files, or not between these two. */
const NO_REFLINK: ReadonlySet<string> = new Set(["ENOTSUP", "EOPNOTSUPP", "EXDEV", "EINVAL", "ENOSYS", "ENOTTY"]);

/**
 * Copies files with their mode, times and (as root) owner. A copy is never a hard link of the archive's file: an
 * application that writes to its file must not alter the archive that a rollback installs. Blocks are shared (reflink)
 * where the file system can; elsewhere a small file is one read and one write, which is twice as fast as the kernel's own
 * copying between two files.
 */
export class FileCopier {
  readonly #asRoot = process.geteuid?.() === 0;
  readonly #umask = process.umask();
  readonly #buffer = Buffer.allocUnsafe(COPY_HERE_MAX_BYTES);
  #canReflink = true;

  /** Resolves at once for all but large files. */
  copy(step: PlannedCopy): Promise<void> | undefined {
    if (step.stats.isSymbolicLink()) return this.#copyLink(step);
    try {
      if (step.stats.size > COPY_HERE_MAX_BYTES) return this.#copyLarge(step);
      if (!this.#reflink(step)) this.#copySmall(step);
    } catch (error) {
      if (errorCodeOf(error) === "EISDIR") throw directoryInTheWay(step);
      // A program that runs cannot be written to, but it can be replaced.
      if (errorCodeOf(error) !== "ETXTBSY") throw error;
      rmSync(step.destination);
      this.#copySmall(step);
    }
    return undefined;
  }

  #copyLink({ source, destination, stats, replaces }: PlannedCopy): undefined {
    if (replaces) rmSync(destination);
    symlinkSync(readlinkSync(source), destination);
    if (this.#asRoot) lchownSync(destination, stats.uid, stats.gid);
    lutimesSync(destination, stats.atime, stats.mtime);
  }

  #reflink(step: PlannedCopy): boolean {
    if (!this.#canReflink) return false;
    // A failed attempt removes the destination, so it is made only where there is none, not even a dangling link.
    if (lstatSync(step.destination, { throwIfNoEntry: false })) return false;
    try {
      copyFileSync(step.source, step.destination, constants.COPYFILE_FICLONE_FORCE);
    } catch (error) {
      if (!NO_REFLINK.has(errorCodeOf(error) ?? "")) throw error;
      this.#canReflink = false;
      return false;
    }
    this.#settle(step);
    return true;
  }

  #copySmall({ source, destination, stats, replaces }: PlannedCopy): void {
    const length = readInto(this.#buffer, source);
    const descriptor = openSync(destination, REPLACED_FILE, stats.mode & MODE_BITS);
    try {
      for (let written = 0; written < length; ) {
        written += writeSync(descriptor, this.#buffer, written, length - written);
      }
      // The owner comes first: changing it strips setuid and setgid.
      if (this.#asRoot) fchownSync(descriptor, stats.uid, stats.gid);
      const mode = stats.mode & MODE_BITS;
      if (replaces || (mode & (this.#umask | SPECIAL_BITS)) !== 0) fchmodSync(descriptor, mode);
      futimesSync(descriptor, stats.atime, stats.mtime);
    } finally {
      closeSync(descriptor);
    }
  }

  async #copyLarge(step: PlannedCopy): Promise<void> {
    try {
      await copyFileInBackground(step.source, step.destination, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (errorCodeOf(error) === "EISDIR") throw directoryInTheWay(step);
      if (errorCodeOf(error) !== "ETXTBSY") throw error;
      rmSync(step.destination);
      await copyFileInBackground(step.source, step.destination, constants.COPYFILE_FICLONE);
    }
    this.#settle(step);
  }

  #settle({ destination, stats }: PlannedCopy): void {
    if (this.#asRoot) chownSync(destination, stats.uid, stats.gid);
    chmodSync(destination, stats.mode & MODE_BITS);
    utimesSync(destination, stats.atime, stats.mtime);
  }
}

function readInto(buffer: Buffer, path: string): number {
  const descriptor = openSync(path, "r");
  try {
    let length = 0;
    for (;;) {
      const more = readSync(descriptor, buffer, length, buffer.length - length, length);
      length += more;
      if (more === 0 || length === buffer.length) return length;
    }
  } finally {
    closeSync(descriptor);
  }
}

function directoryInTheWay({ source, destination }: PlannedCopy): EventFailure {
  return new EventFailure(
    `The deployment failed because the AppSpec file installs the file ${source} as ${destination}, but a directory is there. ` +
      "Remove the directory, or change the destination in the files section, and then try again.",
  );
}
