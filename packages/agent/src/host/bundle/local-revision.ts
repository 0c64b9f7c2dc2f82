import {
  closeSync,
  constants,
  copyFileSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import type { SpecificationLocalRevision } from "@sluice/model/deployment-specification.ts";
import { ArchiveBudget } from "../archive/archive-budget.ts";
import type { ArchiveLimits } from "../archive/archive-limits.ts";
import { ArchiveWriter, type OpenEntry } from "../archive/archive-writer.ts";
import { isInside } from "../archive/inside-archive.ts";
import { writeRecordedEntries } from "../archive/recorded-attributes.ts";
import { unpackBundle } from "../archive/unpack-bundle.ts";
import { UNFINISHED_SUFFIX } from "../durable-file.ts";
import { EventFailure } from "../event-failure.ts";
import { type DeploymentLayout, ensureDirectory } from "../layout.ts";
import { removeTree } from "../remove-tree.ts";
import { BUNDLE_TYPES } from "../revision.ts";
import { YieldingLoop } from "../yielding-loop.ts";

interface Taking {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
}

const MODE_BITS = 0o7777;
const NEW_DIRECTORY_MODE = 0o777;
const PIECE_BYTES = 256 * 1024;

/**
 * Makes a path of this host the deployment's archive. It is copied, so that what is done to it later changes no revision.
 * @throws EventFailure naming what cannot be taken, and the cure
 */
export async function takeLocalRevision(
  layout: DeploymentLayout,
  { LocalRevision: { Location, BundleType } }: SpecificationLocalRevision,
  { limits, signal }: Taking,
): Promise<void> {
  if (BundleType === "directory") return takeDirectory(layout, Location, { limits, signal });
  const bundleType = BUNDLE_TYPES.find((type) => type === BundleType);
  if (bundleType === undefined) {
    throw new EventFailure(`The bundle type ${JSON.stringify(BundleType)} is none: give tar, tgz, zip or directory.`);
  }
  const unfinished = `${layout.bundleFile}${UNFINISHED_SUFFIX}`;
  try {
    copyFileSync(Location, unfinished, constants.COPYFILE_FICLONE);
    renameSync(unfinished, layout.bundleFile);
  } finally {
    rmSync(unfinished, { force: true });
  }
  await unpackBundle(layout, { bundleType, limits, signal });
}

/**
 * Copies a directory as the reference agent does: files have their mode without what the umask withholds, directories are new ones, all belongs to the
 * user who copies, and links stay links. The names in it are held to the rules for a bundle's, since the same install follows.
 */
async function takeDirectory(layout: DeploymentLayout, location: string, { limits, signal }: Taking): Promise<void> {
  const root = realpathSync(location);
  if (isInside(root, realpathSync(layout.groupDirectory))) {
    throw new EventFailure(
      `The directory ${location} contains ${layout.groupDirectory}, into which its copy would go. Name another directory for deployments with --data, ` +
        "or put the revision into a directory of its own.",
    );
  }
  const staging = layout.archiveStagingDirectory;
  await removeTree(layout.archiveDirectory);
  await removeTree(staging);
  rmSync(layout.recordedAttributesFile, { force: true });
  try {
    ensureDirectory(staging);
    const writer = new ArchiveWriter(
      staging,
      limits,
      new ArchiveBudget(limits, Number.POSITIVE_INFINITY, layout.deploymentDirectory),
    );
    await copyBelow(root, "", { writer, loop: new YieldingLoop(signal), umask: process.umask() });
    writer.finish("");
    writeRecordedEntries(layout.recordedAttributesFile, writer.recordedEntries(""));
    renameSync(staging, layout.archiveDirectory);
  } finally {
    await removeTree(staging);
  }
}

interface Copying {
  readonly writer: ArchiveWriter;
  readonly loop: YieldingLoop;
  readonly umask: number;
}

async function copyBelow(root: string, directory: string, copying: Copying): Promise<void> {
  const { writer, loop, umask } = copying;
  for (const child of readdirSync(join(root, directory)).sort()) {
    const name = directory === "" ? child : `${directory}/${child}`;
    const path = `${root}/${name}`;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw notUtf8(path);
    const mode = (stats.isDirectory() ? NEW_DIRECTORY_MODE : stats.mode & MODE_BITS) & ~umask;
    const attributes = { mode, modifiedAt: stats.mtime, owner: undefined };
    if (stats.isDirectory()) {
      writer.addDirectory(name, attributes);
      await copyBelow(root, name, copying);
    } else if (stats.isSymbolicLink()) writer.addSymbolicLink(name, readlinkSync(path), attributes);
    else if (stats.isFile()) copyFile(path, () => writer.addFile(name, attributes), writer);
    else throw specialFile(path);
    await loop.next();
  }
}

function copyFile(path: string, open: () => OpenEntry, writer: ArchiveWriter): void {
  const from = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const entry = open();
    try {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      for (let bytes = readSync(from, piece); bytes > 0; bytes = readSync(from, piece)) {
        writer.countBytes(bytes);
        entry.write(piece.subarray(0, bytes));
      }
    } finally {
      entry.close();
    }
  } finally {
    closeSync(from);
  }
}

function notUtf8(path: string): EventFailure {
  return new EventFailure(
    `The name of ${path} is not UTF-8, or the file went away meanwhile. Rename it, and then try again.`,
  );
}

function specialFile(path: string): EventFailure {
  return new EventFailure(
    `${path} is a pipe, a socket or a device, which a revision cannot contain. Remove it, and create it in an AfterInstall script.`,
  );
}
