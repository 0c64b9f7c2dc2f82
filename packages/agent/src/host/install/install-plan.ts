import { lstatSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FILE_EXISTS_BEHAVIORS } from "@sluice/model/app-spec/app-spec.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import type { Folders } from "./folders.ts";
import type { SourceEntry } from "./source-tree.ts";

export interface PlannedCopy {
  readonly type: "copy";
  readonly source: string;
  readonly destination: string;
  /** The source's own status, not that of what a link points at. */
  readonly stats: Stats;
  /** Whether a file that this install does not own is overwritten. */
  readonly replaces: boolean;
}

export interface PlannedDirectory {
  readonly type: "mkdir";
  readonly directory: string;
}

/**
 * What an install will put on the host, in the order of the reference agent (`installer.rb`): every directory before what
 * it holds. Building it looks at the host but changes nothing.
 */
export class InstallPlan {
  readonly steps: (PlannedCopy | PlannedDirectory)[] = [];
  /** Destination to source. */
  readonly copies = new Map<string, string>();
  readonly directories = new Set<string>();
  readonly #fileExistsBehavior: string;
  readonly #folders: Folders;

  constructor(fileExistsBehavior: string, folders: Folders) {
    this.#fileExistsBehavior = fileExistsBehavior;
    this.#folders = folders;
  }

  /** Plans one entry of the AppSpec's `files`: a directory's content, or one file, into the directory `destination`. */
  addFiles(source: SourceEntry, destination: string): void {
    const target = resolve("/", destination);
    if (source.children === undefined) {
      const file = join(target, basename(source.path));
      this.#addMissingAncestors(file);
      this.#addCopy(source, file, !this.directories.has(target));
      return;
    }
    this.#addMissingAncestors(target);
    this.#addDirectory(source, target);
  }

  #addDirectory(source: SourceEntry, destination: string): void {
    const exists = this.#hasDirectory(destination);
    if (!exists) this.#mkdir(destination);
    for (const child of source.children ?? []) {
      const childDestination = `${destination === "/" ? "" : destination}/${child.name}`;
      if (child.children === undefined) this.#addCopy(child, childDestination, exists);
      else if (exists) this.#addDirectory(child, childDestination);
      else this.#addNewDirectory(child, childDestination);
    }
  }

  /** Below a directory that does not exist yet nothing can exist, so the host need not be asked. */
  #addNewDirectory(source: SourceEntry, destination: string): void {
    this.#mkdir(destination);
    for (const child of source.children ?? []) {
      const childDestination = `${destination}/${child.name}`;
      if (child.children === undefined) this.#addCopy(child, childDestination, false);
      else this.#addNewDirectory(child, childDestination);
    }
  }

  #addCopy(source: SourceEntry, destination: string, mayExist: boolean): void {
    const exists = mayExist && this.#isTaken(destination);
    if (exists && !this.#mayOverwrite(destination)) return;
    const other = this.copies.get(destination);
    if (other !== undefined) {
      throw new EventFailure(
        "The deployment failed because the application specification file specifies two source files named " +
          `${source.path} and ${other} for the same destination (${destination}). Remove one of the source file paths from ` +
          "the AppSpec file, and then try again.",
      );
    }
    if (this.directories.has(destination)) {
      throw new EventFailure(
        `The deployment failed because the application specification file calls for installing the file ${source.path}, but ` +
          `a file with that name already exists at the location (${destination}). Update your AppSpec file or directory ` +
          "structure, and then try again.",
      );
    }
    this.#checkRecordable(destination);
    this.copies.set(destination, source.path);
    this.steps.push({ type: "copy", source: source.path, destination, stats: source.stats, replaces: exists });
  }

  #mayOverwrite(destination: string): boolean {
    switch (this.#fileExistsBehavior) {
      case "DISALLOW":
        throw new FileAlreadyExists(destination);
      case "OVERWRITE":
        return true;
      case "RETAIN":
        return false;
      default:
        throw new EventFailure(
          "The deployment failed because an invalid option was specified for fileExistsBehavior: " +
            `${this.#fileExistsBehavior}. Valid options include OVERWRITE, RETAIN, and DISALLOW.`,
        );
    }
  }

  #mkdir(directory: string): void {
    const copied = this.copies.get(directory);
    if (copied !== undefined) {
      throw new EventFailure(
        "The deployment failed because the application specification file includes an mkdir command more than once for the " +
          `same destination path (${directory}) from (${copied}). Update the files section of the AppSpec file, and then try again.`,
      );
    }
    if (this.directories.has(directory)) return;
    this.#checkRecordable(directory);
    this.directories.add(directory);
    this.steps.push({ type: "mkdir", directory });
  }

  #addMissingAncestors(destination: string): void {
    const missing: string[] = [];
    for (let parent = dirname(destination); parent !== "/" && !this.#hasDirectory(parent); parent = dirname(parent)) {
      missing.unshift(parent);
    }
    for (const directory of missing) this.#mkdir(directory);
  }

  /** A link counts by itself, wherever it leads: it is what is at that place. */
  #isTaken(destination: string): boolean {
    return lstatSync(this.#folders.at(destination), { throwIfNoEntry: false }) !== undefined;
  }

  #hasDirectory(path: string): boolean {
    try {
      return this.#folders.has(path);
    } catch (error) {
      if (errorCodeOf(error) !== "ENOTDIR") throw error;
      throw new EventFailure(
        `The deployment failed because the AppSpec file needs a directory at ${path}, but a file is there. ` +
          "Remove the file, or change the destination in the files section, and then try again.",
        { cause: error },
      );
    }
  }

  /** The cleanup list has a path a line, in the reference agent's format: a line break in a name would forge an entry. */
  #checkRecordable(destination: string): void {
    if (/[\n\r]/.test(destination)) {
      throw new EventFailure(
        `The file name ${JSON.stringify(destination)} contains a line break, which the list of installed files cannot hold. ` +
          "Rename the file in the bundle, and then try again.",
      );
    }
  }
}

/** Kept apart so that the installer can say which other group owns the file. */
export class FileAlreadyExists extends EventFailure {
  readonly path: string;

  constructor(path: string) {
    super(`The deployment failed because a specified file already exists at this location: ${path}`);
    this.path = path;
  }
}

/** The AppSpec's own setting wins over the deployment's; DISALLOW where neither says anything. */
export function effectiveFileExistsBehavior(ofAppSpec: string | null, ofSpecification: string | undefined): string {
  return ofAppSpec ?? (ofSpecification?.toUpperCase() || FILE_EXISTS_BEHAVIORS[0]);
}
