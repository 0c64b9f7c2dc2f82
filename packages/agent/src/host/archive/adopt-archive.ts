import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { DESCRIPTORS_DIRECTORY, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import { ARCHIVE_DIRECTORY_NAME, RECORDED_ATTRIBUTES_NAME } from "../layout.ts";
import { removeTreeNow } from "../remove-tree.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { type ArchiveAccess, archiveAccess } from "./archive-access.ts";
import { type RecordedAttributes, writeRecordedEntries } from "./recorded-attributes.ts";

const DIRECTORY_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const ITSELF = O_PATH | constants.O_NOFOLLOW;
const MODE_BITS = 0o7777;
const ROOT = 0;
/** Linux's unit of `st_blocks`. */
const BLOCK_BYTES = 512;
const HOLES_RATIO = 16;
const HOLES_FLOOR_BYTES = 16 * 1024 * 1024;
/** Each level has two directories open. The AWS agent's own archives have a few. */
const LEVELS_MAX = 256;
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
  const recorded = new Map<string, RecordedAttributes>();
  const loop = new YieldingLoop();
  const root = openSync(archive, DIRECTORY_ITSELF);
  try {
    takeDirectory(root, fstatSync(root));
    await adoptBelow(root, "", 1);
  } finally {
    closeSync(root);
  }
  writeRecordedEntries(recordFile, recorded);

  /** Parents come first: from then on nobody else can move what is below. */
  async function adoptBelow(directory: number, path: string, level: number): Promise<void> {
    if (level > LEVELS_MAX) throw tooDeep(archive);
    const here = pathOfDescriptor(directory);
    removeTreeNow(`${here}/${COPY_NAME}`);
    for (const name of readdirSync(here)) {
      await loop.next();
      const entryPath = path === "" ? name : `${path}/${name}`;
      const entry = openSync(`${here}/${name}`, ITSELF);
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

  async function adoptInside(entry: number, path: string, level: number): Promise<void> {
    const inside = openSync(`${pathOfDescriptor(entry)}/.`, DIRECTORY_ITSELF);
    try {
      await adoptBelow(inside, path, level + 1);
    } finally {
      closeSync(inside);
    }
  }

  async function adoptFile(directory: number, name: string, entry: number, stats: Stats, path: string): Promise<void> {
    const access = accessOf(stats);
    if (isAsItShouldBe(stats, access)) return;
    recorded.set(path, { mode: stats.mode & MODE_BITS, owner: { uid: stats.uid, gid: stats.gid } });
    const here = pathOfDescriptor(directory);
    // Nothing can be read from a device or a pipe that would be a copy of it, and a file of holes becomes one that fills the disk.
    if (stats.isSymbolicLink() || (stats.isFile() && !isMostlyHoles(stats)))
      await putCopy(entry, stats, access, { here, name });
    else rmSync(`${here}/${name}`);
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

/** The directory is root's alone by now, so names in it may be trusted. */
async function putCopy(
  entry: number,
  stats: Stats,
  access: ArchiveAccess,
  { here, name }: { readonly here: string; readonly name: string },
): Promise<void> {
  const place = `${here}/${name}`;
  const copy = `${here}/${COPY_NAME}`;
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(place), copy);
  else {
    try {
      await copyFile(pathOfDescriptor(entry), copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (error) {
      // Half a large one would keep the disk full.
      rmSync(copy, { force: true });
      throw error;
    }
  }
  lchownSync(copy, ROOT, access.gid ?? stats.gid);
  if (!stats.isSymbolicLink()) chmodSync(copy, access.mode);
  lutimesSync(copy, stats.atime, stats.mtime);
  renameSync(copy, place);
}

function tooDeep(archive: string): EventFailure {
  return new EventFailure(
    `The archive ${archive}, which an earlier agent unpacked, has directories more than ${LEVELS_MAX} levels deep, so its scripts were not ` +
      `run. Remove it (rm -r ${archive}), or deploy with --ignore-application-stop-failures, and then try again.`,
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
