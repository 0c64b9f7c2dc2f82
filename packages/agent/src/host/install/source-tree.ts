import { type Dirent, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DirectoryLinkBehavior } from "@sluice/model/app-spec/app-spec.ts";
import type { FilePaths } from "@sluice/model/app-spec/install-values.ts";
import { ARCHIVE_LIMITS } from "../archive/archive-limits.ts";
import { isInside, realPathOf } from "../archive/inside-archive.ts";
import { type RecordedEntries, withRecorded } from "../archive/recorded-attributes.ts";
import { EventFailure } from "../event-failure.ts";
import { YieldingLoop } from "../yielding-loop.ts";

/** Where something lies in the archive. `realPath` is free of links: attributes are recorded under it. */
export interface SourcePlace {
  readonly path: string;
  readonly realPath: string;
}

/** A directory of the archive, or a link to one that is copied. What is in it is sorted by name. */
export interface SourceDirectory extends SourcePlace {
  readonly name: string;
  readonly children: readonly SourceEntry[];
}

/** A file or a link is its name alone: an archive may hold a hundred thousand, and what else is known of one is read when it is its turn. */
export type SourceEntry = string | SourceDirectory;

/** One entry of the AppSpec's `files`: what it names, where that lies, and the directory of the host that gets it. */
export interface Source {
  readonly source: SourceEntry;
  readonly parent: SourcePlace;
  readonly destination: string;
}

/** The status of an entry itself (`lstat`), with the mode and owner that the bundle gives it. */
export type StatusReader = (parent: SourcePlace, name: string) => Stats;

export function statusReader(archiveDirectory: string, recorded: RecordedEntries): StatusReader {
  const rootLength = realpathSync(archiveDirectory).length + 1;
  return ({ path, realPath }, name) =>
    withRecorded(lstatSync(`${path}/${name}`), recorded.get(`${realPath}/${name}`.slice(rootLength)));
}

/** What stands for bytes that are not UTF-8. */
const NOT_UTF8 = "\u{fffd}";

/** A directory of the archive, and the directory of the host that gets its content, path by path. */
interface Mapping {
  readonly from: string;
  readonly to: string;
}

/** What a directory says of its entries, so that none of them need be looked at for it. */
type EntryKind = Pick<Stats, "isSymbolicLink" | "isDirectory" | "isFile">;

interface Walk {
  count: number;
  /** Links to directories can multiply what a small archive installs, so the sum is bounded. */
  readonly maxEntries: number;
  /** Real paths of the directories that are being walked, outermost first. */
  readonly directories: string[];
  readonly archiveRoot: string;
  readonly behavior: DirectoryLinkBehavior;
  readonly mappings: Mapping[];
  /** A thousand links can stand for a million files. */
  readonly loop: YieldingLoop;
  /** Where links to directories of the archive will be. */
  readonly directoryLinks: string[];
}

/** Where an entry lies and will lie. `realPath` is free of links up to the entry itself: attributes are recorded under that path. */
interface Place {
  /** As it was read: a piece of `path` would keep the whole of it in memory. */
  readonly name: string;
  readonly path: string;
  readonly realPath: string;
  readonly destination: string;
}

/**
 * What the entries of the AppSpec's `files` install, in their order. A link is installed as the link that it is. One to a directory becomes a copy
 * of that directory where `behavior` says so, as in the reference agent, or where it would lead to nothing of this install, because `files` puts that
 * directory elsewhere. Nothing outside the archive is read.
 * @throws EventFailure when a source is not in the archive, or leads out of it, or there are more than `maxEntries`
 */
export async function readSources(
  archiveDirectory: string,
  files: readonly FilePaths[],
  behavior: DirectoryLinkBehavior,
  {
    maxEntries = ARCHIVE_LIMITS.entries,
    signal,
  }: { readonly maxEntries?: number | undefined; readonly signal?: AbortSignal } = {},
): Promise<{ readonly sources: readonly Source[]; readonly directoryLinks: readonly string[] }> {
  const archiveRoot = realpathSync(archiveDirectory);
  const checked = files.map((file) => ({ ...checkSource(archiveDirectory, file), ...file }));
  const mappings = checked.flatMap(({ path, destination }) =>
    isDirectory(path) ? [{ from: realpathSync(path), to: resolve("/", destination) }] : [],
  );
  const directoryLinks: string[] = [];
  const loop = new YieldingLoop(signal);
  const walk = { count: 0, maxEntries, directories: [], archiveRoot, behavior, mappings, loop, directoryLinks };
  const sources: Source[] = [];
  for (const { path, realPath, stats, destination } of checked) {
    const target = resolve("/", destination);
    const name = basename(path);
    // A link that `source` names stands for its directory, whose content goes into the destination.
    const source = isDirectory(path)
      ? await readDirectory({ name, path, realPath: realpathSync(path), destination: target }, walk)
      : await readEntry({ name, path, realPath, destination: join(target, name) }, stats, walk);
    sources.push({ source, parent: { path: dirname(path), realPath: dirname(realPath) }, destination });
  }
  return { sources, directoryLinks };
}

/** Finds a source without reading what is in it. @throws EventFailure when it is missing, or leads out of the archive */
export function checkSource(
  archiveDirectory: string,
  { source }: FilePaths,
): { readonly path: string; readonly realPath: string; readonly stats: Stats } {
  const archiveRoot = realpathSync(archiveDirectory);
  const path = join(archiveDirectory, source).replace(/\/$/, "");
  if (!isInside(archiveDirectory, path)) throw sourceLeaves(source, path, archiveDirectory);
  const isRoot = path === archiveDirectory;
  const parent = isRoot ? dirname(archiveRoot) : realPathOf(dirname(path));
  if (parent === undefined) throw sourceMissing(source, path);
  if (!isRoot && !isInside(archiveRoot, parent)) throw sourceLeaves(source, path, archiveDirectory);
  const realPath = isRoot ? archiveRoot : join(parent, basename(path));
  const stats = lstatSync(realPath, { throwIfNoEntry: false });
  if (stats === undefined) throw sourceMissing(source, path);
  if (stats.isSymbolicLink() && isDirectory(path) && !isInside(archiveRoot, realpathSync(path))) {
    throw sourceLeaves(source, path, archiveDirectory);
  }
  return { path, realPath, stats };
}

/** A promise only for a directory: most entries are files, and there may be very many. */
function readEntry(place: Place, kind: EntryKind, walk: Walk): string | Promise<SourceDirectory> {
  const { path } = place;
  const isLink = kind.isSymbolicLink();
  if (!isLink && kind.isDirectory()) return readDirectory(place, walk);
  if (isLink) {
    const copied = copiedDirectory(place, walk);
    if (copied !== undefined) return readCopied({ ...place, realPath: copied }, walk);
  } else if (!kind.isFile()) throw specialFile(path);
  countEntry(path, walk);
  return place.name;
}

async function readDirectory(place: Place, walk: Walk): Promise<SourceDirectory> {
  const { path, realPath } = place;
  const breathing = walk.loop.next();
  if (breathing) await breathing;
  countEntry(path, walk);
  if (walk.directories.includes(realPath)) {
    throw new EventFailure(
      `The deployment failed because the symbolic link ${path} leads back to a directory that contains it. ` +
        "Remove the link from the bundle, and then try again.",
    );
  }
  walk.directories.push(realPath);
  const children: SourceEntry[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
    const { name } = entry;
    const childPath = `${path}/${name}`;
    if (name.includes(NOT_UTF8) && lstatSync(childPath, { throwIfNoEntry: false }) === undefined) {
      throw nameNotUtf8(childPath);
    }
    const destination = `${place.destination === "/" ? "" : place.destination}/${name}`;
    const child = readEntry({ name, path: childPath, realPath: `${realPath}/${name}`, destination }, entry, walk);
    children.push(typeof child === "string" ? child : await child);
  }
  walk.directories.pop();
  return { name: place.name, path, realPath, children };
}

/** Links in the copy lead within it where they did so in the original. */
async function readCopied(place: Place, walk: Walk): Promise<SourceDirectory> {
  walk.mappings.push({ from: place.realPath, to: place.destination });
  const entry = await readDirectory(place, walk);
  walk.mappings.pop();
  return entry;
}

/** The directory of which a link becomes a copy; undefined where the link stays one. */
function copiedDirectory({ path, realPath, destination }: Place, walk: Walk): string | undefined {
  const target = readlinkSync(path);
  const real = realPathOf(path);
  if (target.startsWith("/") || real === undefined || !isInside(walk.archiveRoot, real) || !isDirectory(path)) {
    return undefined;
  }
  if (walk.behavior === "COPY") return real;
  // By names alone: what links on the way lead to is the same at the destination, where they are links too.
  const named = join(dirname(realPath), target).replace(/\/$/, "");
  const willBe = join(dirname(destination), target).replace(/\/$/, "");
  const isInstalledThere = walk.mappings.some(
    ({ from, to }) => isInside(from, named) && join(to, named.slice(from.length)) === willBe,
  );
  if (!isInstalledThere) return real;
  walk.directoryLinks.push(destination);
  return undefined;
}

/** By UTF-16 units, as names alone are sorted. */
function byName({ name: one }: Dirent, { name: other }: Dirent): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function countEntry(path: string, walk: Walk): void {
  walk.count += 1;
  if (walk.count > walk.maxEntries) {
    throw new EventFailure(
      `The revision installs more than ${walk.maxEntries} files and directories, the last of them ${path}. Split it, or raise maxBundleEntries in ` +
        "this host's agent.json and restart the agent.",
    );
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // A circle of links: installed as the link that it is.
    return false;
  }
}

function sourceMissing(source: string, path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because the AppSpec file names a source that is not in the revision: ${source} (expected at ` +
      `${path}). Correct the files section of the AppSpec file, or add the file to the bundle, and then try again.`,
  );
}

function sourceLeaves(source: string, path: string, archiveDirectory: string): EventFailure {
  const where = isInside(archiveDirectory, path)
    ? `, through a symbolic link, to ${realPathOf(path) ?? "nowhere"}`
    : "";
  return new EventFailure(
    `The deployment failed because the AppSpec file names a source that leads out of the revision${where}: ${source}. Files outside the bundle are not ` +
      "installed. Name a source inside the bundle, and then try again.",
  );
}

/** Only archives of other agents hold such names. As text they are others, under which there is nothing. */
function nameNotUtf8(path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because the name of ${path} is not UTF-8, so it cannot be installed. Rename the file in the bundle.`,
  );
}

/** The AWS agent unpacks them. Reading a pipe would wait for ever, and a device may have no end. */
function specialFile(path: string): EventFailure {
  return new EventFailure(
    `The deployment failed because ${path} is a pipe, a socket or a device, which cannot be installed. Remove it from the bundle, and create ` +
      "it in an AfterInstall script.",
  );
}
