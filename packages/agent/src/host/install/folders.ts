import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { DESCRIPTORS_DIRECTORY, namingPath, O_PATH, pathOfDescriptor } from "../descriptor-path.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";

/** Linux's own limit for one path. */
const MAX_LINK_HOPS = 40;
/** Directories that are held open at once; the one that was used longest ago gives way. */
const MAX_HELD = 256;
const WRITABLE_BY_OTHERS = 0o022;
/** In such a directory nobody renames what is another user's. */
const STICKY = 0o1000;
const ROOT = 0;

const DIRECTORY_ITSELF = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const DIRECTORY = O_PATH | constants.O_DIRECTORY;

/**
 * The directories that an install works in, each opened by a walk from `/` that looks at every step. What is done through them
 * happens in the directory that was looked at, whatever is swapped for it meanwhile: Node has no `openat`, but a path that begins
 * with `/proc/self/fd/N` does the same.
 *
 * As root, a symbolic link on the way is followed only if root made it and only root can replace it. Otherwise an unprivileged
 * user who owns a directory below the destination could lead root anywhere. As an ordinary user the agent follows every link, since it can do
 * nothing there that its user cannot do.
 */
export class Folders {
  readonly #isRoot = process.geteuid?.() === ROOT;
  /** In the order of their last use. */
  readonly #held = new Map<string, number>();

  /** A path that leads to `name` in the directory that was looked at, and nowhere else. @throws as `open` does */
  at(path: string): string {
    if (DESCRIPTORS_DIRECTORY === undefined) return path;
    const directory = dirname(path);
    const descriptor = this.open(directory);
    return `${pathOfDescriptor(descriptor)}/${path.slice(directory === "/" ? 1 : directory.length + 1)}`;
  }

  /** @throws UntrustedLink, or a system error: ENOENT, or ENOTDIR where something else is in the place of a directory */
  open(directory: string): number {
    const known = this.#held.get(directory);
    if (known !== undefined) {
      this.#held.delete(directory);
      this.#held.set(directory, known);
      return known;
    }
    const opened = this.#isRoot ? this.#walk(directory) : openSync(directory, DIRECTORY);
    this.#hold(directory, opened);
    return opened;
  }

  /** Whether there is a directory, by way of links that may be followed. @throws UntrustedLink, or ENOTDIR */
  has(directory: string): boolean {
    try {
      if (DESCRIPTORS_DIRECTORY === undefined) return hasDirectory(directory);
      this.open(directory);
      return true;
    } catch (error) {
      if (errorCodeOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  /** Of a directory that is held open; undefined of another. */
  deviceOf(directory: string): number | undefined {
    const known = this.#held.get(directory);
    return known === undefined ? undefined : fstatSync(known).dev;
  }

  close(): void {
    for (const descriptor of this.#held.values()) closeSync(descriptor);
    this.#held.clear();
  }

  #walk(directory: string): number {
    if (directory === "/") return openSync("/", DIRECTORY_ITSELF);
    const parent = dirname(directory);
    const name = directory.slice(parent === "/" ? 1 : parent.length + 1);
    return openChild(this.open(parent), name, { path: directory, hops: 0 });
  }

  #hold(directory: string, descriptor: number): void {
    this.#held.set(directory, descriptor);
    if (this.#held.size <= MAX_HELD) return;
    for (const [oldest, unused] of this.#held) {
      this.#held.delete(oldest);
      closeSync(unused);
      return;
    }
  }
}

interface Step {
  /** For messages: where the link is. */
  readonly path: string;
  readonly hops: number;
}

/** Opens a directory by its name in another. The caller closes both. */
function openChild(parent: number, name: string, step: Step): number {
  const path = `${pathOfDescriptor(parent)}/${name}`;
  try {
    return openSync(path, DIRECTORY_ITSELF);
  } catch (error) {
    if (errorCodeOf(error) !== "ENOTDIR" && errorCodeOf(error) !== "ELOOP") throw namingPath(step.path, error);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats?.isSymbolicLink() || step.hops >= MAX_LINK_HOPS) throw namingPath(step.path, error);
    checkLink(stats, fstatSync(parent), step.path);
    return follow(parent, readlinkSync(path), { ...step, hops: step.hops + 1 });
  }
}

/** Walks a link's target, which may pass through links itself. */
function follow(parent: number, target: string, step: Step): number {
  let current = openSync(target.startsWith("/") ? "/" : pathOfDescriptor(parent), DIRECTORY);
  let path = target.startsWith("/") ? "/" : dirname(step.path);
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    path = join(path, part);
    try {
      const next = openChild(current, part, { ...step, path });
      const from = current;
      current = next;
      try {
        if (part === "..") checkClimb(fstatSync(from), fstatSync(next), step.path);
      } finally {
        closeSync(from);
      }
    } catch (error) {
      closeSync(current);
      throw error;
    }
  }
  return current;
}

function checkLink(link: Stats, folder: Stats, path: string): void {
  if (link.uid !== ROOT) throw new UntrustedLink(path, `it belongs to the user ${link.uid}`);
  if (folder.uid !== ROOT) throw new UntrustedLink(path, `its directory belongs to the user ${folder.uid}`);
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new UntrustedLink(path, "users other than root can write to its directory");
  }
}

/** Whether nobody but root can put anything into a directory, or take it out. An access list shows in the group's bits. */
export function isRootsAlone({ uid, mode }: Stats): boolean {
  return uid === ROOT && (mode & WRITABLE_BY_OTHERS) === 0;
}

/** A directory that is moved meanwhile has another parent: `..` leads where whoever moved it wants. */
function checkClimb(from: Stats, parent: Stats, path: string): void {
  if (parent.uid !== ROOT)
    throw new UntrustedLink(path, `its .. leads out of a directory that the user ${parent.uid} can move`);
  const isKept = (parent.mode & STICKY) !== 0 && from.uid === ROOT;
  if ((parent.mode & WRITABLE_BY_OTHERS) !== 0 && !isKept) {
    throw new UntrustedLink(path, "its .. leads out of a directory that users other than root can move");
  }
}

/** A link that somebody else than root could point elsewhere. */
export class UntrustedLink extends EventFailure {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(
      `The deployment failed because ${path} is a symbolic link that the agent, which runs as root, does not follow: ${reason}, ` +
        "so such a user could redirect it. Replace it with a directory, or name its target directory as the destination in " +
        "the AppSpec file; or make root the only owner of the link and its directory (chown -h root LINK; chown root DIRECTORY; chmod go-w DIRECTORY).",
    );
    this.path = path;
  }
}

function hasDirectory(path: string): boolean {
  closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  return true;
}
