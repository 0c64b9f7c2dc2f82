import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { namingPath } from "../descriptor-path.ts";
import { replaceFile } from "../durable-file.ts";
import { describeError, errorCodeOf } from "../event-failure.ts";
import { copyOfOriginal, copyToHost, linkOriginal } from "./copy-original.ts";
import { type Folders, UntrustedLink } from "./folders.ts";

const LIST_NAME = "list";
/** The originals keep their modes, so nobody may pass. */
const OWN_DIRECTORY_MODE = 0o700;
const NAME_CHARACTERS = 32;
const NANOSECONDS = 1_000_000_000n;
const LIST_LINE = /^([^\s;]+)(?:;(\S+))? (\/.*)$/;
/** What keeping a file says when the agent's disk is full: nothing may be replaced then. */
const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);
/** Its directory is no more, or not to be entered: it may be there again next time. */
const NO_PLACE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * The files of others that the group's revisions replaced (OVERWRITE). Each is kept, with all that it has, until a revision comes that does not have it:
 * then it goes back to its place.
 *
 * The list is written, and on the disk, before the first of its files is replaced. It names what is kept by path, with the file's identity: as long as
 * a file at that path is still that one, it was not replaced yet. It also says in what state each was kept: a script, or a program that still had it open,
 * may change it, and what is put back then is not what was replaced.
 */
export class Originals {
  readonly #directory: string;
  /** By path. */
  readonly #kept: Map<string, Kept>;
  readonly #dropped = new Set<string>();
  readonly notes: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#kept = readList(join(directory, LIST_NAME));
  }

  /** Whether what is at the path is what was there before any revision: an install that was cut short did not come to it. */
  isUntouched(path: string, folders: Folders): boolean {
    const kept = this.#kept.get(path);
    return kept !== undefined && kept.identity === identityAt(path, folders);
  }

  /** Where the files were that are kept. */
  paths(): Iterable<string> {
    return this.#kept.keys();
  }

  /** Keeps what is at these paths. They are safe, also from a power cut, when it resolves. @throws where the disk is full: nothing may be replaced then */
  async keep(paths: Iterable<string>, folders: Folders): Promise<void> {
    let isMore = false;
    const made: string[] = [];
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
        if (identity === undefined) continue;
        this.#kept.set(path, { identity, state: stateOf(file) });
        made.push(file);
      } catch (error) {
        if (errorCodeOf(error) === "ENOENT") continue;
        if (NO_ROOM.has(errorCodeOf(error) ?? "")) {
          // None of them is on the list yet.
          for (const unlisted of [file, ...made]) rmSync(unlisted, { force: true });
          throw namingPath(file, error);
        }
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
    for (const [path, kept] of this.#kept) {
      if (isInstalled(path)) continue;
      try {
        const present = identityAt(path, folders);
        if (present === undefined) {
          const fate = await this.#return(path, kept, folders, onTemporary);
          if (fate === "returned") returned.push(path);
          if (fate === "refused") continue;
        } else if (present !== kept.identity) this.#notPutBack(path, "another file is there now.");
        this.#dropped.add(path);
      } catch (error) {
        const isWithoutPlace = error instanceof UntrustedLink || NO_PLACE.has(errorCodeOf(error) ?? "");
        const why = isWithoutPlace ? `there is no directory ${dirname(path)} any more` : describeError(error);
        const file = this.#fileOf(path);
        this.#notPutBack(
          path,
          `${why}. It is kept as ${file}, and the next Install tries again; to give it up: rm ${file}`,
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

  /** "gone": nothing is kept any more. It went back before a crash, and somebody has removed it since; or a script has removed what was kept. */
  async #return(
    path: string,
    kept: Kept,
    folders: Folders,
    onTemporary: (path: string) => void,
  ): Promise<"returned" | "gone" | "refused"> {
    const file = this.#fileOf(path);
    const change = changeOf(kept, stateOf(file));
    if (change === "gone") {
      this.#notPutBack(path, `what the agent kept of it (${file}) is not there any more.`);
      return "gone";
    }
    if (change === "another") {
      this.#notPutBack(
        path,
        `${file} is not the file that the agent kept there, so a script or a user has replaced it. Look at it, then move it or remove it: ` +
          `mv ${file} ${path}; rm ${file}`,
      );
      return "refused";
    }
    if (change === "changed") {
      this.notes.push(
        `${path} was put back, but it is not as it was before the previous revision: a script, or a program that had it open, has changed it since.`,
      );
    }
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
    return "returned";
  }

  #notPutBack(path: string, why: string): void {
    this.notes.push(`${path} was not put back as it was before the previous revision: ${why}`);
  }

  #fileOf(path: string): string {
    return join(this.#directory, nameOf(path));
  }

  #writeList(): void {
    const lines = [...this.#kept].map(([path, { identity, state }]) =>
      state === undefined ? `${identity} ${path}\n` : `${identity};${state} ${path}\n`,
    );
    replaceFile(join(this.#directory, LIST_NAME), lines);
  }
}

/** What is known of a file that is kept. */
interface Kept {
  /** Of the host's own file. */
  readonly identity: string;
  /** Of what is kept, when it was; undefined in the list of an older agent. */
  readonly state: string | undefined;
}

/** Which file it is comes last. Times in seconds: a backup of the agent's directory may keep no more of them. */
function stateOf(file: string): string | undefined {
  const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return (
    stats &&
    [
      stats.size,
      stats.mtimeNs / NANOSECONDS,
      stats.mode,
      stats.uid,
      stats.gid,
      `${stats.ino}/${stats.birthtimeNs}`,
    ].join(":")
  );
}

/** A copy of the whole directory gives every file another number, and changes nothing else. */
function changeOf({ state }: Kept, now: string | undefined): "none" | "changed" | "another" | "gone" {
  if (now === undefined) return "gone";
  if (state === undefined || withoutNumber(state) === withoutNumber(now)) return "none";
  return state.endsWith(now.slice(now.lastIndexOf(":"))) ? "changed" : "another";
}

function withoutNumber(state: string): string {
  return state.slice(0, state.lastIndexOf(":"));
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function nameOf(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, NAME_CHARACTERS);
}

function readList(file: string): Map<string, Kept> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return new Map();
    throw error;
  }
  const lines = text.split("\n").map((line) => LIST_LINE.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[3]!, { identity: line[1]!, state: line[2] }]])));
}

function identityAt(path: string, folders: Folders): string | undefined {
  return identityOf(folders.at(path));
}

/** The number of a file that was removed is given to the next one, so the time of its making belongs to it. */
export function identityOf(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}
