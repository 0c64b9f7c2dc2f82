import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type RecordedEntries, withRecorded } from "../archive/recorded-attributes.ts";
import { EventFailure } from "../event-failure.ts";

/** A file or directory of the archive. A link to a directory counts as that directory, as in the reference agent. */
export interface SourceEntry {
  readonly name: string;
  readonly path: string;
  /** Of the entry itself (`lstat`), with the mode and owner that the bundle gives it. */
  readonly stats: Stats;
  /** Sorted by name; undefined for what is not a directory. */
  readonly children: readonly SourceEntry[] | undefined;
}

/** Links to directories can multiply what a small archive installs, so the sum is bounded. */
const INSTALLED_ENTRIES_MAX = 1_000_000;

/** @throws EventFailure when the source is not in the archive */
export function readSource(archiveDirectory: string, source: string, recorded: RecordedEntries): SourceEntry {
  const path = join(archiveDirectory, source);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new EventFailure(
      `The deployment failed because the AppSpec file names a source that is not in the revision: ${source} (expected at ` +
        `${path}). Correct the files section of the AppSpec file, or add the file to the bundle, and then try again.`,
    );
  }
  const walk = { count: 0, directories: [], archiveRoot: `${realpathSync(archiveDirectory)}/`, recorded };
  return readEntry(path, join(realpathSync(join(path, "..")), basename(path)), stats, walk);
}

interface Walk {
  count: number;
  /** Real paths of the directories that are being walked, outermost first. */
  readonly directories: string[];
  readonly archiveRoot: string;
  readonly recorded: RecordedEntries;
}

/** `realPath` is free of links up to the entry itself: it is under that path that the bundle's attributes are recorded. */
function readEntry(path: string, realPath: string, stats: Stats, walk: Walk): SourceEntry {
  walk.count += 1;
  if (walk.count > INSTALLED_ENTRIES_MAX) {
    throw new EventFailure(`The revision installs more than ${INSTALLED_ENTRIES_MAX} files below ${path}. Split it.`);
  }
  const name = basename(path);
  const isLink = stats.isSymbolicLink();
  const isDirectory = isLink ? isLinkToDirectory(path) : stats.isDirectory();
  if (!isDirectory) {
    if (!isLink && !stats.isFile()) throw specialFile(path);
    const recorded = walk.recorded.get(realPath.slice(walk.archiveRoot.length));
    return { name, path, stats: withRecorded(stats, recorded), children: undefined };
  }
  const directory = isLink ? realpathSync(path) : realPath;
  if (walk.directories.includes(directory)) {
    throw new EventFailure(
      `The deployment failed because the symbolic link ${path} leads back to a directory that contains it. ` +
        "Remove the link from the bundle, and then try again.",
    );
  }
  walk.directories.push(directory);
  const children = readdirSync(path)
    .sort()
    .map((child) => {
      const childPath = `${path}/${child}`;
      return readEntry(childPath, `${directory}/${child}`, lstatSync(childPath), walk);
    });
  walk.directories.pop();
  return { name, path, stats, children };
}

/** The AWS agent unpacks them. Reading a pipe would wait for ever, and a device may have no end. */
function specialFile(path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because ${path} is a pipe, a socket or a device, which is not installed. Remove it from the bundle, and make ` +
      "it in an AfterInstall script.",
  );
}

function isLinkToDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A circle of links: copied as the link that it is.
    return false;
  }
}
