import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { copyFile as copyFileInBackground } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { errorCodeOf } from "../event-failure.ts";
import { type Folders, isRootsAlone } from "./folders.ts";
import { directoryInTheWay, type PlannedCopy } from "./install-plan.ts";
import { type Installed, replaced } from "./installed.ts";
import { isRefusal, type Refusals } from "./refusals.ts";

/** Larger files are copied on another thread; for smaller ones the hand-over costs more than the copy. */
const MAX_COPY_HERE_BYTES = 1024 * 1024;
const ROOT = 0;
const MILLISECONDS = 1_000;
const SPECIAL_BITS = 0o7000;
const SET_ID_BITS = 0o6000;
const MODE_BITS = 0o7777;
const OWNER_BITS = 0o700;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Without O_NONBLOCK, opening a named pipe would wait for a reader for ever. */
const SAME_FILE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const SOURCE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const LINK_ITSELF = O_PATH | constants.O_NOFOLLOW;
/** What a file system says that shares no blocks between two files, or not between these two. */
const NO_REFLINK: ReadonlySet<string> = new Set(["ENOTSUP", "EOPNOTSUPP", "EXDEV", "EINVAL", "ENOSYS", "ENOTTY"]);

export interface CopierParts {
  readonly folders: Folders;
  readonly installed: Installed;
  readonly refusals: Refusals;
  /** Where a file is made that is to take the place of another: beside it. */
  readonly temporaryOf: (destination: string) => string;
}

/**
 * Copies files with their mode, times and (as root) owner. Whoever owns the destination's directory may put links, pipes or hard links in
 * the way at any moment, so a new file is made anew or not at all, one that is replaced gets another file in its place and is never
 * written to, and owner and mode go to what was opened and not to a name.
 *
 * A copy is never a hard link of the archive's file: an application that writes to its file must not alter the archive that a rollback
 * installs. Blocks are shared (reflink) where the file system can; elsewhere a small file is one read and one write, which is twice as fast
 * as the kernel's own copying between two files.
 */
export class FileCopier {
  readonly #folders: Folders;
  readonly #installed: Installed;
  readonly #refusals: Refusals;
  readonly #temporaryOf: CopierParts["temporaryOf"];
  readonly #asRoot = process.geteuid?.() === 0;
  readonly #umask = process.umask();
  readonly #buffer = Buffer.allocUnsafe(MAX_COPY_HERE_BYTES);
  readonly #group = process.getegid?.();
  /** The one that was copied to last, and what is known of it. */
  #directory = "";
  #isOfAgentsGroup = false;
  #canReflink = DESCRIPTORS_DIRECTORY !== undefined;

  constructor({ folders, installed, refusals, temporaryOf }: CopierParts) {
    this.#folders = folders;
    this.#installed = installed;
    this.#refusals = refusals;
    this.#temporaryOf = temporaryOf;
  }

  /** Resolves at once for all but large files. @throws EEXIST where something has appeared since the plan was made */
  copy(step: PlannedCopy): Promise<void> | undefined {
    const target = this.#folders.at(step.destination);
    if (!step.replaces) return this.#make(step, target);
    const unfinished = join(dirname(target), basename(this.#temporaryOf(step.destination)));
    const making = this.#make(step, unfinished);
    return making ? making.then(() => this.#replace(step, unfinished)) : this.#replace(step, unfinished);
  }

  #make(step: PlannedCopy, target: string): Promise<void> | undefined {
    if (step.stats.isSymbolicLink()) return this.#makeLink(step, target);
    const descriptor = openSync(target, NEW_FILE, this.#firstMode(step) & ~SPECIAL_BITS);
    return this.#fill(step, descriptor, target);
  }

  #replace(step: PlannedCopy, unfinished: string): Promise<void> | undefined {
    // Looked up again: a large file takes its time, and its directory may have left the ones that are held open.
    const target = this.#folders.at(step.destination);
    const from = join(dirname(target), unfinished.slice(dirname(unfinished).length + 1));
    try {
      renameSync(from, target);
      return undefined;
    } catch (error) {
      unlinkSync(from);
      if (errorCodeOf(error) === "EISDIR") throw directoryInTheWay(step.source, step.destination);
      // A file that is mounted here by itself (as containers do) cannot be replaced. Only root can mount one.
      if (errorCodeOf(error) !== "EBUSY" || step.stats.isSymbolicLink()) throw error;
      return this.#writeInto(step, target);
    }
  }

  #writeInto(step: PlannedCopy, target: string): Promise<void> | undefined {
    const descriptor = openSync(target, SAME_FILE);
    try {
      const { nlink } = fstatSync(descriptor);
      if (nlink > 1) throw new Error(`${step.destination} has ${nlink} names; it is not written to`);
      ftruncateSync(descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    return this.#fill(step, descriptor, target);
  }

  #makeLink(step: PlannedCopy, target: string): undefined {
    const { source, destination, stats } = step;
    // As bytes: an archive that the AWS agent unpacked may have a target that is not UTF-8.
    symlinkSync(readlinkSync(source, { encoding: "buffer" }), target);
    if (DESCRIPTORS_DIRECTORY === undefined) {
      if (this.#asRoot) lchownSync(target, stats.uid, stats.gid);
      lutimesSync(target, stats.atime, stats.mtime);
      return;
    }
    const descriptor = openSync(target, LINK_ITSELF);
    try {
      const made = fstatSync(descriptor);
      if (!made.isSymbolicLink() || made.nlink > 1 || !this.#refusals.isMadeByAgent(destination, descriptor))
        throw replaced(destination);
      const link = pathOfDescriptor(descriptor);
      const uid = this.#firstOwner(step);
      if (made.uid !== uid || made.gid !== stats.gid) {
        if (this.#asRoot) this.#attempt("owner", destination, descriptor, () => chownSync(link, uid, stats.gid));
      }
      this.#attempt("times", destination, descriptor, () =>
        utimesSync(link, stats.atimeMs / MILLISECONDS, stats.mtimeMs / MILLISECONDS),
      );
      this.#installed.note(step.target, descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Closes the descriptor in any case. */
  #fill(step: PlannedCopy, descriptor: number, target: string): Promise<void> | undefined {
    let isLater = false;
    try {
      const name = DESCRIPTORS_DIRECTORY === undefined ? target : pathOfDescriptor(descriptor);
      if (step.stats.size > MAX_COPY_HERE_BYTES) {
        isLater = true;
        return copyLarge(step.source, name, descriptor)
          .then(() => this.#settle(step, descriptor, true))
          .finally(() => closeSync(descriptor));
      }
      // Also a try that comes to nothing gives the file the archive's mode.
      const isReflinkTried = this.#canReflink && step.stats.size > 0;
      if (!isReflinkTried || !this.#reflink(step, name)) this.#write(step, descriptor);
      this.#settle(step, descriptor, isReflinkTried);
      return undefined;
    } finally {
      if (!isLater) closeSync(descriptor);
    }
  }

  #reflink({ source }: PlannedCopy, name: string): boolean {
    try {
      copyFileSync(source, name, constants.COPYFILE_FICLONE_FORCE);
      return true;
    } catch (error) {
      // It sets the mode first, which a file system may refuse.
      if (!NO_REFLINK.has(errorCodeOf(error) ?? "") && !isRefusal(error)) throw error;
      this.#canReflink = false;
      return false;
    }
  }

  #write({ source, stats }: PlannedCopy, descriptor: number): void {
    const length = readInto(this.#buffer, source, stats.size);
    for (let written = 0; written < length; ) {
      written += writeSync(descriptor, this.#buffer, written, length - written);
    }
  }

  /** `isModeTouched`: the kernel's copying has given the file the archive's mode. */
  #settle(step: PlannedCopy, descriptor: number, isModeTouched: boolean): void {
    const { destination, stats, replaces } = step;
    // The owner comes first: changing it strips setuid and setgid.
    const isOwned =
      !this.#asRoot ||
      this.#isBornOwned(step) ||
      this.#attempt("owner", destination, descriptor, () => fchownSync(descriptor, this.#firstOwner(step), stats.gid));
    // Whoever has it instead would lend its rights to everybody.
    const mode = this.#firstMode(step) & (isOwned ? MODE_BITS : ~SET_ID_BITS);
    if (isModeTouched || replaces || (mode & (this.#umask | SPECIAL_BITS)) !== 0) {
      this.#attempt("mode", destination, descriptor, () => fchmodSync(descriptor, mode));
    }
    this.#attempt("times", destination, descriptor, () =>
      futimesSync(descriptor, stats.atimeMs / MILLISECONDS, stats.mtimeMs / MILLISECONDS),
    );
    this.#installed.note(step.target, descriptor);
  }

  /** Whether the file was made with the owner that it is to have, which no other user can have changed since. */
  #isBornOwned(step: PlannedCopy): boolean {
    if (step.replaces || this.#firstOwner(step) !== ROOT || step.stats.gid !== this.#group) return false;
    const directory = dirname(step.destination);
    if (directory !== this.#directory) {
      this.#directory = directory;
      this.#isOfAgentsGroup = DESCRIPTORS_DIRECTORY !== undefined && this.#hasAgentsGroup(directory);
    }
    return this.#isOfAgentsGroup;
  }

  /** A directory gives its own group to what is made in it, where it has the setgid bit or the mount options say so. */
  #hasAgentsGroup(directory: string): boolean {
    const stats = fstatSync(this.#folders.open(directory));
    return isRootsAlone(stats) && stats.gid === this.#group;
  }

  #attempt(...change: Parameters<Refusals["attempt"]>): boolean {
    return this.#refusals.attempt(...change);
  }

  /** The directory's default access list may let others write where the group may: not before a setuid bit is set. */
  #firstMode({ stats, target }: PlannedCopy): number {
    return stats.mode & (this.#installed.hasModeToCome(target) ? OWNER_BITS : MODE_BITS);
  }

  #firstOwner({ stats, target }: PlannedCopy): number {
    return this.#installed.isGivenAway(target) ? ROOT : stats.uid;
  }
}

async function copyLarge(source: string, name: string, descriptor: number): Promise<void> {
  try {
    await copyFileInBackground(source, name, constants.COPYFILE_FICLONE);
  } catch (error) {
    // It sets the mode before it copies, which a file system may refuse.
    if (!isRefusal(error)) throw error;
    await pipeline(createReadStream(source), createWriteStream(name, { fd: descriptor, autoClose: false, start: 0 }));
  }
}

/** @param expected its size as it was looked at: a read that brings all of it, and less than there was room for, needs no second one to find the end */
function readInto(buffer: Buffer, path: string, expected: number): number {
  const descriptor = openSync(path, SOURCE);
  try {
    let length = 0;
    for (;;) {
      const more = readSync(descriptor, buffer, length, buffer.length - length, length);
      length += more;
      if (more === 0 || length === buffer.length || length === expected) return length;
    }
  } finally {
    closeSync(descriptor);
  }
}
