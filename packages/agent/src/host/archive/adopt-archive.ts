import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathInDescriptor, pathOfDescriptor } from "../descriptor-path.ts";
import { UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import { type ForeignFile, NotReadable, openForeignFile } from "../foreign-file.ts";
import { ARCHIVE_DIRECTORY_NAME, RECORDED_ATTRIBUTES_NAME } from "../layout.ts";
import { mountIn } from "../mounts.ts";
import { removeTreeNow } from "../remove-tree.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { type ArchiveAccess, archiveAccess } from "./archive-access.ts";
import { type RecordedAttributes, writeRecordedEntries } from "./recorded-attributes.ts";

const DIRECTORY_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const ITSELF = O_PATH | constants.O_NOFOLLOW;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Until it has its content, its group and its mode. */
const PRIVATE_MODE = 0o600;
const CHUNK_BYTES = 1024 * 1024;
const MODE_BITS = 0o7777;
const ROOT = 0;
/** Linux's unit of `st_blocks`. */
const BLOCK_BYTES = 512;
const HOLES_RATIO = 16;
const HOLES_FLOOR_BYTES = 16 * 1024 * 1024;
/** Each level has two directories open. The AWS agent's own archives have a few. */
const MAX_LEVELS = 256;
/** A name of its own for what is being copied, since an entry's name may have the longest length already. */
const COPY_NAME = `.sluice-adopted${UNFINISHED_SUFFIX}`;

/**
 * Makes an archive that the AWS agent or an agent of before unpacked the agent's user's alone, before anything of it is run or installed,
 * and writes down the owners and modes that `files` is to give. What its former owners have changed by then stays changed.
 *
 * Directories are taken over, and their content is then nobody else's to move. A file or link gets a copy in its place: a former owner may
 * have given the old one a second name, which must not become root's, may have made it a second name of somebody else's file, or
 * may still have it open.
 */
export async function adoptArchive(deploymentDirectory: string): Promise<void> {
  const archive = join(deploymentDirectory, ARCHIVE_DIRECTORY_NAME);
  const recordFile = join(deploymentDirectory, RECORDED_ATTRIBUTES_NAME);
  if (process.geteuid?.() !== ROOT || DESCRIPTORS_DIRECTORY === undefined) return;
  // The record is root's once the archive is; anybody's else says nothing.
  if (lstatSync(recordFile, { throwIfNoEntry: false })?.uid === ROOT || !existsSync(archive)) return;
  const mount = mountIn(archive);
  if (mount !== undefined) throw holdsMount(archive, mount);
  const recorded = new Map<string, RecordedAttributes>();
  /** Where the copies of files with several names are. */
  const copies = new Map<string, Buffer>();
  const loop = new YieldingLoop();
  const root = openSync(archive, DIRECTORY_ITSELF);
  try {
    takeDirectory(root, fstatSync(root));
    await adoptBelow(root, Buffer.alloc(0), 1);
  } finally {
    closeSync(root);
  }
  writeRecordedEntries(recordFile, recorded);

  /** Parents come first: from then on nobody else can move what is below. */
  async function adoptBelow(directory: number, path: Buffer, level: number): Promise<void> {
    if (level > MAX_LEVELS) throw tooDeep(archive);
    const here = pathOfDescriptor(directory);
    removeTreeNow(`${here}/${COPY_NAME}`);
    for (const name of readdirSync(here, { encoding: "buffer" })) {
      await loop.next();
      const entryPath = path.length === 0 ? name : Buffer.concat([path, Buffer.from("/"), name]);
      const entry = openSync(pathInDescriptor(directory, name), ITSELF);
      try {
        const stats = fstatSync(entry);
        if (stats.isDirectory()) {
          takeDirectory(entry, stats);
          await adoptInside(entry, entryPath, level);
        } else await adoptFile(directory, name, entry, stats, entryPath);
      } finally {
        closeSync(entry);
      }
    }
  }

  async function adoptInside(entry: number, path: Buffer, level: number): Promise<void> {
    const inside = openSync(`${pathOfDescriptor(entry)}/.`, DIRECTORY_ITSELF);
    try {
      await adoptBelow(inside, path, level + 1);
    } finally {
      closeSync(inside);
    }
  }

  async function adoptFile(directory: number, name: Buffer, entry: number, stats: Stats, path: Buffer): Promise<void> {
    const access = accessOf(stats);
    if (isAsItShouldBe(stats, access)) return;
    // Of a name that is not UTF-8 this is another one, under which nothing is installed.
    recorded.set(path.toString(), { mode: stats.mode & MODE_BITS, owner: { uid: stats.uid, gid: stats.gid } });
    const original = pathInDescriptor(directory, name);
    const copy = `${pathOfDescriptor(directory)}/${COPY_NAME}`;
    const identity = `${stats.dev}:${stats.ino}`;
    const known = copies.get(identity);
    // Thousands of names of one file, each with a copy of its own, would fill the disk.
    if (known !== undefined) linkSync(known, copy);
    else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(original, { encoding: "buffer" }), copy);
    else if (!(await copyContent(entry, copy, loop))) {
      rmSync(original);
      return;
    }
    lchownSync(copy, ROOT, access.gid ?? stats.gid);
    if (!stats.isSymbolicLink()) chmodSync(copy, access.mode);
    lutimesSync(copy, stats.atime, stats.mtime);
    // The directory is root's alone by now, so names in it may be trusted.
    renameSync(copy, original);
    if (stats.nlink > 1) copies.set(identity, pathInDescriptor(root, path));
  }
}

/**
 * Its former owner may have it open, and goes on changing it: as many bytes are copied as it had when it was looked at.
 * @returns false where there is nothing to copy: a device, a pipe, a file of holes (a copy would fill the disk), or one that a program holds a
 * lease on (each open of one waits for 45 s)
 */
async function copyContent(entry: number, copy: string, loop: YieldingLoop): Promise<boolean> {
  const source = openToCopy(entry);
  if (source === undefined) return false;
  try {
    const target = openSync(copy, NEW_FILE, PRIVATE_MODE);
    try {
      await copyBytes(source.descriptor, target, source.stats.size, loop);
    } finally {
      closeSync(target);
    }
    return true;
  } catch (error) {
    // Half a large one would keep the disk full.
    rmSync(copy, { force: true });
    throw error;
  } finally {
    closeSync(source.descriptor);
  }
}

function openToCopy(entry: number): ForeignFile | undefined {
  try {
    const file = openForeignFile(pathOfDescriptor(entry));
    if (!isMostlyHoles(file.stats)) return file;
    closeSync(file.descriptor);
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
  }
  return undefined;
}

async function copyBytes(source: number, target: number, size: number, loop: YieldingLoop): Promise<void> {
  const chunk = Buffer.allocUnsafe(Math.min(size, CHUNK_BYTES));
  for (let copied = 0; copied < size; ) {
    const length = readSync(source, chunk, 0, Math.min(chunk.length, size - copied), copied);
    if (length === 0) return;
    for (let written = 0; written < length; ) written += writeSync(target, chunk, written, length - written);
    copied += length;
    await loop.next();
  }
}

/** With room for file systems that compress. */
function isMostlyHoles({ size, blocks }: Stats): boolean {
  return size > HOLES_FLOOR_BYTES && blocks * BLOCK_BYTES * HOLES_RATIO < size;
}

function takeDirectory(descriptor: number, stats: Stats): void {
  const access = accessOf(stats);
  if (isAsItShouldBe(stats, access)) return;
  chownSync(pathOfDescriptor(descriptor), ROOT, access.gid ?? stats.gid);
  chmodSync(pathOfDescriptor(descriptor), access.mode);
}

function tooDeep(archive: string): EventFailure {
  return new EventFailure(
    `The archive ${archive}, which an earlier agent unpacked, has directories more than ${MAX_LEVELS} levels deep, so its scripts were not ` +
      `run. Remove it (rm -r ${archive}), or deploy with --ignore-application-stop-failures, and then try again.`,
  );
}

function holdsMount(archive: string, mount: string): EventFailure {
  return new EventFailure(
    `The archive ${archive}, which an earlier agent unpacked, cannot be used, because a file system is mounted in it at ${mount}. ` +
      `Unmount it (umount ${mount}), and then try again.`,
  );
}

function accessOf(stats: Stats): ArchiveAccess {
  const bundled = { mode: stats.mode & MODE_BITS, owner: { uid: stats.uid, gid: stats.gid }, modifiedAt: undefined };
  return archiveAccess(bundled, stats.isDirectory() ? "directory" : "file");
}

function isAsItShouldBe(stats: Stats, { mode, gid = stats.gid }: ArchiveAccess): boolean {
  if (stats.uid !== ROOT || stats.gid !== gid) return false;
  return stats.isSymbolicLink() || (stats.mode & MODE_BITS) === mode;
}
