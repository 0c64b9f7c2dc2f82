import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { replaceFile } from "../durable-file.ts";
import { describeError, errorCodeOf } from "../event-failure.ts";
import { copyOfOriginal, copyToHost, linkOriginal } from "./copy-original.ts";
import { type Folders, UntrustedLink } from "./folders.ts";

const LIST_NAME = "list";
/** The originals keep their modes, so nobody may pass. */
const OWN_DIRECTORY_MODE = 0o700;
const NAME_CHARACTERS = 32;
const LIST_LINE = /^(\S+) (\/.*)$/;
/** Its directory is no more, or not to be entered: it may be there again next time. */
const NO_PLACE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * The files of others that the group's revisions replaced (OVERWRITE). Each is kept, with all that it has, until a revision comes that does not have it:
 * then it goes back to its place.
 *
 * The list is written, and on the disk, before the first of its files is replaced. It names what is kept by path, with the file's identity: as long as
 * a file at that path is still that one, it was not replaced yet.
 */
export class Originals {
  readonly #directory: string;
  /** Identity by path. */
  readonly #kept: Map<string, string>;
  readonly #dropped = new Set<string>();
  readonly notes: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#kept = readList(join(directory, LIST_NAME));
  }

  /** Whether what is at the path is what was there before any revision: an install that was cut short did not come to it. */
  isUntouched(path: string, folders: Folders): boolean {
    const kept = this.#kept.get(path);
    return kept !== undefined && kept === identityAt(path, folders);
  }

  /** Where the files were that are kept. */
  paths(): Iterable<string> {
    return this.#kept.keys();
  }

  /** Keeps what is at these paths. They are safe, also from a power cut, when it resolves. */
  async keep(paths: Iterable<string>, folders: Folders): Promise<void> {
    let isMore = false;
    for (const path of paths) {
      // On the list without its file: it went back, and what was to forget it was cut short.
      if (this.#kept.has(path) && isThere(this.#fileOf(path))) continue;
      if (!isMore) mkdirSync(this.#directory, { recursive: true, mode: OWN_DIRECTORY_MODE });
      isMore = true;
      const file = this.#fileOf(path);
      rmSync(file, { force: true });
      try {
        const isLinked = linkOriginal(folders.at(path), file);
        const identity = isLinked ? identityOf(file) : await copyOfOriginal(folders.at(path), file);
        if (identity !== undefined) this.#kept.set(path, identity);
      } catch (error) {
        if (errorCodeOf(error) === "ENOENT") continue;
        this.notes.push(
          `${path} is replaced, and cannot be put back when a later revision no longer has it: it could not be copied to ${this.#directory} (${describeError(error)}).`,
        );
      }
    }
    if (isMore) this.#writeList();
  }

  /**
   * Puts back what the new revision does not have. What is kept is forgotten only by `settle`, when the disk has it.
   * @param isInstalled whether the revision has a file or a directory at the path
   * @param onTemporary told before a file of that path is made
   * @returns the paths that have their originals back
   */
  async putBack(
    isInstalled: (path: string) => boolean,
    folders: Folders,
    onTemporary: (path: string) => void,
  ): Promise<readonly string[]> {
    const returned: string[] = [];
    for (const [path, identity] of this.#kept) {
      if (isInstalled(path)) continue;
      try {
        const present = identityAt(path, folders);
        if (present === undefined) {
          if (await this.#return(path, folders, onTemporary)) returned.push(path);
        } else if (present !== identity) {
          this.notes.push(
            `${path} was not put back as it was before the previous revision: another file is there now.`,
          );
        }
        this.#dropped.add(path);
      } catch (error) {
        if (error instanceof UntrustedLink || NO_PLACE.has(errorCodeOf(error) ?? "")) continue;
        this.notes.push(
          `${path} was not put back as it was before the previous revision: ${describeError(error)}. It is kept as ${this.#fileOf(path)}.`,
        );
      }
    }
    return returned;
  }

  /** To be called when what was put back is on the disk. */
  settle(): void {
    if (this.#dropped.size === 0) return;
    for (const path of this.#dropped) this.#kept.delete(path);
    this.#writeList();
    for (const path of this.#dropped) rmSync(this.#fileOf(path), { force: true });
    this.#dropped.clear();
    if (this.#kept.size > 0) return;
    rmSync(join(this.#directory, LIST_NAME), { force: true });
    rmdirSync(this.#directory);
  }

  /** False where there is none any more: it went back before a crash, and somebody has removed it since. */
  async #return(path: string, folders: Folders, onTemporary: (path: string) => void): Promise<boolean> {
    const file = this.#fileOf(path);
    if (!isThere(file)) return false;
    try {
      renameSync(file, folders.at(path));
    } catch (error) {
      if (errorCodeOf(error) !== "EXDEV") throw error;
      const temporary = join(dirname(path), `.sluice-${nameOf(path).slice(0, NAME_CHARACTERS / 2)}`);
      onTemporary(temporary);
      rmSync(folders.at(temporary), { force: true });
      await copyToHost(file, folders.at(temporary));
      renameSync(folders.at(temporary), folders.at(path));
    }
    return true;
  }

  #fileOf(path: string): string {
    return join(this.#directory, nameOf(path));
  }

  #writeList(): void {
    const lines = [...this.#kept].map(([path, identity]) => `${identity} ${path}\n`);
    replaceFile(join(this.#directory, LIST_NAME), lines);
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function nameOf(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, NAME_CHARACTERS);
}

function readList(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return new Map();
    throw error;
  }
  const lines = text.split("\n").map((line) => LIST_LINE.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[2]!, line[1]!]])));
}

function identityAt(path: string, folders: Folders): string | undefined {
  return identityOf(folders.at(path));
}

/** The number of a file that was removed is given to the next one, so the time of its making belongs to it. */
export function identityOf(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}
