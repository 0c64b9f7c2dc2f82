import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { type EntryKind, placeProblem } from "@sluice/model/bundle/bundle-entries.ts";
import { linkTargetProblem } from "@sluice/model/bundle/entry-name.ts";
import type { SparseFile } from "@sluice/wire/archive/sparse-map.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { archiveAccess, type EntryAttributes } from "./archive-access.ts";
import type { ArchiveBudget } from "./archive-budget.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import { entryPath, refusedEntry, refusedFor } from "./entry-path.ts";
import type { RecordedAttributes, RecordedEntries } from "./recorded-attributes.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PERMISSION_BITS = 0o777;
const READABLE_BITS = 0o755;
const KEEP_OWNER = -1;
const IMPLIED_DIRECTORY: EntryAttributes = { mode: 0o755, modifiedAt: undefined, owner: undefined };
/** Where a link leads is on the disk: of a million targets each would take memory. */
const A_LINK: EntryKind = { linksTo: "" };
/** The least that the agent itself needs in a directory while it fills it. */
const WORKING_DIRECTORY_MODE = 0o700;

/**
 * Writes entries below a directory that nobody else can change meanwhile. No write ever passes through a symbolic link:
 * every parent of an entry must be a directory that this writer made. Calls are synchronous because a system call for a
 * small file costs less than handing it to another thread; callers yield between chunks.
 */
export class ArchiveWriter {
  readonly #root: string;
  readonly #limits: ArchiveLimits;
  readonly #entries = new Map<string, EntryKind>([["", "directory"]]);
  readonly #directories = new Map<string, EntryAttributes>();
  readonly #recorded = new Map<string, RecordedAttributes>();
  readonly #known = new Map<string, RecordedAttributes>();
  readonly #umask = process.umask();
  readonly #budget: ArchiveBudget;

  constructor(root: string, limits: ArchiveLimits, budget: ArchiveBudget) {
    this.#root = root;
    this.#limits = limits;
    this.#budget = budget;
  }

  addDirectory(name: string, attributes: EntryAttributes): void {
    const path = entryPath(name, this.#limits);
    // One that another entry implied was counted then.
    if (this.#directories.get(path) !== IMPLIED_DIRECTORY) this.#budget.countEntry();
    // The archive's own root keeps the agent's mode, so that scripts of other users can reach their files.
    if (path === "") return;
    if (this.#entries.get(path) !== "directory") {
      this.#makeRoomFor(name, path, "directory");
      this.#makeDirectory(path, attributes.mode);
    }
    this.#directories.set(path, attributes);
  }

  /** Starts a file; the caller writes to what it gets and must end it with `close`, also after a failure. */
  addFile(name: string, attributes: EntryAttributes): OpenEntry {
    this.#budget.countEntry();
    const path = entryPath(name, this.#limits);
    this.#makeRoomFor(name, path, "file");
    const { mode, gid } = archiveAccess(attributes, "file");
    const descriptor = openSync(this.#absolute(path), NEW_FILE, mode);
    this.#hold(path, "file");
    const { owner } = attributes;
    if (mode !== attributes.mode || (owner && (owner.uid !== 0 || owner.gid !== gid))) {
      this.#recorded.set(path, this.#shared({ mode: attributes.mode, owner }));
    }
    return {
      write: (chunk) => {
        for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written);
      },
      writeAt: (chunk, position) => {
        for (let written = 0; written < chunk.length; ) {
          written += writeSync(descriptor, chunk, written, chunk.length - written, position + written);
        }
      },
      extendTo: (size) => ftruncateSync(descriptor, size),
      close: () => {
        try {
          if (gid !== undefined) fchownSync(descriptor, KEEP_OWNER, gid);
          if ((mode & this.#umask) !== 0) fchmodSync(descriptor, mode);
          if (attributes.modifiedAt) futimesSync(descriptor, attributes.modifiedAt, attributes.modifiedAt);
        } finally {
          closeSync(descriptor);
        }
      },
    };
  }

  /** A link may lead anywhere: nothing is written through it here, and nothing is read through one that leaves the archive. */
  addSymbolicLink(name: string, target: string, attributes: EntryAttributes): void {
    this.#budget.countEntry();
    const problem = linkTargetProblem(target);
    if (problem !== undefined) throw refusedFor(name, problem);
    const path = entryPath(name, this.#limits);
    this.#makeRoomFor(name, path, A_LINK);
    symlinkSync(target, this.#absolute(path));
    this.#hold(path, A_LINK);
    if (attributes.owner) {
      this.#recorded.set(path, this.#shared({ mode: PERMISSION_BITS, owner: attributes.owner }));
    }
    if (attributes.modifiedAt) lutimesSync(this.#absolute(path), attributes.modifiedAt, attributes.modifiedAt);
  }

  /** A hard link of an archive names another entry of it, from the archive's root. */
  addHardLink(name: string, target: string): void {
    this.#budget.countEntry();
    let targetPath: string;
    try {
      targetPath = entryPath(target, this.#limits);
    } catch (error) {
      if (error instanceof EventFailure) throw hardLinkLeaves(name, target);
      throw error;
    }
    const kind = this.#entries.get(targetPath);
    if (kind === undefined || kind === "directory") {
      throw refusedEntry(
        name,
        `it is a hard link to ${JSON.stringify(target)}, which is not a file earlier in the bundle`,
      );
    }
    const path = entryPath(name, this.#limits);
    if (path === targetPath) return;
    this.#makeRoomFor(name, path, kind);
    // Of a symbolic link this is the link itself, as for tar.
    linkSync(this.#absolute(targetPath), this.#absolute(path));
    this.#hold(path, kind);
    const recorded = this.#recorded.get(targetPath);
    if (recorded) this.#recorded.set(path, recorded);
  }

  /** Counts what the archive unfolds to, written or not. Called before `write`. */
  countBytes(bytes: number): void {
    this.#budget.countBytes(bytes);
  }

  /**
   * Gives directories their modes and times, with `strippedDirectory` (or nothing) as the archive's root. To be called once, after the last
   * entry.
   */
  finish(strippedDirectory: string): void {
    // Children before parents: a parent may end up read-only.
    for (const path of [...this.#directories.keys()].reverse()) {
      const attributes = this.#directories.get(path)!;
      const directory = this.#absolute(path);
      const { modifiedAt } = attributes;
      // What becomes the archive's root has the root's mode, whatever the bundle says: see `addDirectory`.
      const { mode, gid } = archiveAccess(path === strippedDirectory ? IMPLIED_DIRECTORY : attributes, "directory");
      if (gid !== undefined) lchownSync(directory, KEEP_OWNER, gid);
      chmodSync(directory, mode);
      if (modifiedAt) utimesSync(directory, modifiedAt, modifiedAt);
    }
  }

  /** What the bundle says of entries beyond what lies in the archive, below the directory that becomes its root. */
  recordedEntries(strippedDirectory: string): RecordedEntries {
    if (strippedDirectory === "") return this.#recorded;
    const prefix = `${strippedDirectory}/`;
    const below = new Map<string, RecordedAttributes>();
    for (const [path, recorded] of this.#recorded) {
      if (path.startsWith(prefix)) below.set(path.slice(prefix.length), recorded);
    }
    return below;
  }

  /** Of a directory of the archive (`""` is its root); undefined where there is none. */
  namesIn(directory: string): readonly string[] | undefined {
    if (this.#entries.get(directory) !== "directory") return undefined;
    const prefix = directory === "" ? "" : `${directory}/`;
    const names: string[] = [];
    for (const path of this.#entries.keys()) {
      if (path === "" || !path.startsWith(prefix) || path.includes("/", prefix.length)) continue;
      names.push(path.slice(prefix.length));
    }
    return names;
  }

  /** Makes the parents of an entry and removes what an earlier entry left at its place, as tar does. */
  #makeRoomFor(name: string, path: string, kind: EntryKind): void {
    const problem = placeProblem(path, kind, this.#entries);
    if (problem !== undefined) throw refusedFor(name, problem);
    const slash = path.lastIndexOf("/");
    if (slash > 0) this.#makeParents(path.slice(0, slash));
    if (this.#entries.get(path) === undefined) return;
    rmSync(this.#absolute(path));
    this.#entries.delete(path);
    this.#recorded.delete(path);
  }

  #makeParents(path: string): void {
    if (this.#entries.get(path) !== undefined) return;
    const slash = path.lastIndexOf("/");
    if (slash > 0) this.#makeParents(path.slice(0, slash));
    this.#budget.countEntry();
    this.#makeDirectory(path, IMPLIED_DIRECTORY.mode);
    this.#directories.set(path, IMPLIED_DIRECTORY);
  }

  #makeDirectory(path: string, mode: number): void {
    try {
      mkdirSync(this.#absolute(path), (mode & READABLE_BITS) | WORKING_DIRECTORY_MODE);
    } catch (error) {
      if (errorCodeOf(error) === "EEXIST") throw refusedEntry(path, "the bundle has two entries with this name");
      throw error;
    }
    this.#hold(path, "directory");
  }

  #hold(path: string, kind: EntryKind): void {
    this.#budget.countPath(path);
    this.#entries.set(path, kind);
  }

  /** Of a hundred thousand entries nearly all have the same: it is held once. */
  #shared(recorded: RecordedAttributes): RecordedAttributes {
    const { mode, owner } = recorded;
    const key = `${mode} ${owner?.uid} ${owner?.gid}`;
    const same = this.#known.get(key);
    if (same === undefined) this.#known.set(key, recorded);
    return same ?? recorded;
  }

  #absolute(path: string): string {
    return `${this.#root}/${path}`;
  }
}

export interface OpenEntry extends SparseFile {
  write(chunk: Uint8Array): void;
  close(): void;
}

function hardLinkLeaves(name: string, target: string): EventFailure {
  return refusedEntry(
    name,
    `it is a hard link to ${JSON.stringify(target)}, outside the archive`,
    "Pack the file itself, or a symbolic link to it",
  );
}
