import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { FILE_EXISTS_BEHAVIORS } from "@sluice/model/app-spec/app-spec.ts";
import type { PermissionRule } from "@sluice/model/app-spec/install-values.ts";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import type { Folders } from "./folders.ts";
import type { Source, SourceDirectory, SourcePlace, StatusReader } from "./source-tree.ts";

/**
 * What the permissions section asks for one entry, and what this install has put there. Kept with the entry's step: a list of its own, by path,
 * would hold the path of every file.
 */
export interface PermissionTarget {
  /** The entry of the permissions section that reaches it. */
  permission: PermissionRule | undefined;
  /** Of the file or directory that this install made, once it has (see `installed.ts`). */
  identity: string | undefined;
}

export interface PlannedCopy {
  readonly type: "copy";
  readonly source: string;
  readonly destination: string;
  /** The source's own status, not that of what a link points at. */
  readonly stats: Stats;
  /** Whether a file that this install does not own is overwritten. */
  readonly replaces: boolean;
  readonly target: PermissionTarget;
}

/** A copy that is planned. It holds no path and no status of its own: of a hundred thousand they would fill the memory. */
export class CopyStep implements PermissionTarget {
  readonly type = "copy";
  permission: PermissionRule | undefined = undefined;
  identity: string | undefined = undefined;
  readonly name: string;
  readonly replaces: boolean;
  readonly #from: SourcePlace;
  readonly #to: string;

  constructor(name: string, from: SourcePlace, to: string, replaces: boolean) {
    this.name = name;
    this.#from = from;
    this.#to = to;
    this.replaces = replaces;
  }

  get source(): string {
    return `${this.#from.path}/${this.name}`;
  }

  get destination(): string {
    return below(this.#to, this.name);
  }

  read(status: StatusReader): PlannedCopy {
    const { type, source, destination, replaces } = this;
    return { type, source, destination, replaces, stats: status(this.#from, this.name), target: this };
  }
}

export interface PlannedDirectory extends PermissionTarget {
  readonly type: "mkdir";
  readonly directory: string;
}

/**
 * What an install will put on the host, in the order of the reference agent (`installer.rb`): every directory before what
 * it holds. Building it looks at the host but changes nothing.
 */
export class InstallPlan {
  readonly steps: (CopyStep | PlannedDirectory)[] = [];
  /** By the directory that gets them, and by name. */
  readonly #copies = new Map<string, Map<string, CopyStep>>();
  readonly directories = new Set<string>();
  /** Directories that the host has and that something is installed into, with all above them. */
  readonly #entered = new Set<string>();
  readonly #fileExistsBehavior: string;
  readonly #folders: Folders;
  readonly #gone: ReadonlySet<string>;

  /** @param gone paths that are to be taken for absent: of a preview, which removes nothing */
  constructor(fileExistsBehavior: string, folders: Folders, gone: ReadonlySet<string> = new Set()) {
    this.#fileExistsBehavior = fileExistsBehavior;
    this.#folders = folders;
    this.#gone = gone;
  }

  /** The file or the link that is copied to a path. */
  copyTo(path: string): CopyStep | undefined {
    return this.#copies.get(dirname(path))?.get(basename(path));
  }

  /** Plans one entry of the AppSpec's `files`: a directory's content, or one file, into the directory `destination`. */
  addFiles({ source, parent, destination }: Source): void {
    const target = resolve("/", destination);
    if (typeof source === "string") {
      this.#addMissingAncestors(below(target, source));
      this.#addCopy(source, parent, target, !this.directories.has(target));
      return;
    }
    this.#addMissingAncestors(target);
    this.#addDirectory(source, target);
  }

  #addDirectory(source: SourceDirectory, destination: string): void {
    const exists = this.#hasDirectory(destination);
    if (!exists) this.#mkdir(destination);
    for (const child of source.children) {
      if (typeof child === "string") this.#addCopy(child, source, destination, exists);
      else if (exists) this.#addDirectory(child, below(destination, child.name));
      else this.#addNewDirectory(child, below(destination, child.name));
    }
  }

  /** Below a directory that does not exist yet nothing can exist, so the host need not be asked. */
  #addNewDirectory(source: SourceDirectory, destination: string): void {
    this.#mkdir(destination);
    for (const child of source.children) {
      if (typeof child === "string") this.#addCopy(child, source, destination, false);
      else this.#addNewDirectory(child, below(destination, child.name));
    }
  }

  #addCopy(name: string, from: SourcePlace, directory: string, mayExist: boolean): void {
    const destination = below(directory, name);
    const source = `${from.path}/${name}`;
    const present = mayExist ? this.#whatIsAt(destination) : undefined;
    const exists = present !== undefined;
    if (exists && !this.#mayOverwrite(destination, present)) return;
    if (present?.isDirectory()) throw directoryInTheWay(source, destination);
    const other = this.#copies.get(directory)?.get(name)?.source;
    if (other !== undefined) {
      throw new EventFailure(
        "The deployment failed because the application specification file specifies two source files named " +
          `${source} and ${other} for the same destination (${destination}). Remove one of the source file paths from ` +
          "the AppSpec file, and then try again.",
      );
    }
    if (this.directories.has(destination) || this.#entered.has(destination)) {
      throw new EventFailure(
        `The deployment failed because the application specification file calls for installing the file ${source}, but ` +
          `a file with that name already exists at the location (${destination}). Update your AppSpec file or directory ` +
          "structure, and then try again.",
      );
    }
    this.#checkRecordable(destination);
    const step = new CopyStep(name, from, directory, exists);
    const others = this.#copies.get(directory);
    if (others) others.set(name, step);
    else this.#copies.set(directory, new Map([[name, step]]));
    this.steps.push(step);
  }

  #mayOverwrite(destination: string, present: Stats): boolean {
    switch (this.#fileExistsBehavior) {
      case "DISALLOW":
        throw new FileAlreadyExists(destination, present.isDirectory());
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
    this.#checkNotCopied(directory);
    if (this.directories.has(directory)) return;
    this.#checkRecordable(directory);
    this.directories.add(directory);
    this.steps.push({ type: "mkdir", directory, permission: undefined, identity: undefined });
  }

  #addMissingAncestors(destination: string): void {
    const missing: string[] = [];
    for (let parent = dirname(destination); parent !== "/" && !this.#hasDirectory(parent); parent = dirname(parent)) {
      missing.unshift(parent);
    }
    for (const directory of missing) this.#mkdir(directory);
  }

  #checkNotCopied(directory: string): void {
    const copied = this.copyTo(directory)?.source;
    if (copied === undefined) return;
    throw new EventFailure(
      "The deployment failed because the application specification file includes an mkdir command more than once for the " +
        `same destination path (${directory}) from (${copied}). Update the files section of the AppSpec file, and then try again.`,
    );
  }

  /** A link counts by itself, wherever it leads: it is what is at that place. */
  #whatIsAt(destination: string): Stats | undefined {
    if (this.#isGone(destination)) return undefined;
    return lstatSync(this.#folders.at(destination), { throwIfNoEntry: false });
  }

  /** Whether the host has a directory there, also by way of links. @throws EventFailure where something else is there, or on the way */
  #hasDirectory(path: string): boolean {
    if (this.#isGone(path)) return false;
    let isThere: boolean;
    try {
      isThere = this.#folders.has(path);
    } catch (error) {
      if (errorCodeOf(error) !== "ENOTDIR" && errorCodeOf(error) !== "ELOOP") throw error;
      throw needsDirectory(path, error);
    }
    if (isThere) this.#enter(path);
    else if (isDanglingLink(path)) throw needsDirectory(path);
    return isThere;
  }

  #isGone(path: string): boolean {
    if (this.#gone.size === 0) return false;
    for (let one = path; one !== "/"; one = dirname(one)) if (this.#gone.has(one)) return true;
    return false;
  }

  /** What is copied to the place of such a directory would replace it, if it is a link, after files had gone where the link led. */
  #enter(path: string): void {
    for (let one = path; one !== "/" && !this.#entered.has(one); one = dirname(one)) {
      this.#checkNotCopied(one);
      this.#entered.add(one);
    }
  }

  /** The cleanup list has a path a line, in the reference agent's format: a line break in a name would forge an entry. */
  #checkRecordable(destination: string): void {
    if (/[\n\r]/.test(destination)) {
      throw new EventFailure(
        `The file name ${JSON.stringify(destination)} contains a line break, which the list of installed files cannot contain. ` +
          "Rename the file in the bundle, and then try again.",
      );
    }
  }
}

/** Kept apart so that the installer can say which other group owns the file. */
export class FileAlreadyExists extends EventFailure {
  readonly path: string;
  readonly isDirectory: boolean;

  constructor(path: string, isDirectory: boolean) {
    super(`The deployment failed because a specified file already exists at this location: ${path}`);
    this.path = path;
    this.isDirectory = isDirectory;
  }
}

function below(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

function isDanglingLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** `path`, or something above it, is there and is no directory. Names only: nothing is done by them. */
export function needsDirectory(path: string, cause?: unknown): EventFailure {
  let place = path;
  let found: Stats | undefined;
  for (; place !== "/" && found === undefined; place = found ? place : dirname(place)) {
    try {
      found = lstatSync(place, { throwIfNoEntry: false });
    } catch (error) {
      if (errorCodeOf(error) !== "ENOTDIR" && errorCodeOf(error) !== "ELOOP") throw error;
    }
  }
  const isLink = found?.isSymbolicLink() ?? false;
  const what = isLink ? `a symbolic link to ${readlinkSync(place)}, which is not a directory,` : "a file";
  return new EventFailure(
    `The deployment failed because the AppSpec file needs a directory at ${place}, but ${what} is there. ` +
      `Remove the ${isLink ? "link" : "file"}, or change the destination in the files section, and then try again.`,
    cause === undefined ? {} : { cause },
  );
}

export function directoryInTheWay(source: string, destination: string): EventFailure {
  return new EventFailure(
    `The deployment failed because the AppSpec file installs the file ${source} as ${destination}, but a directory is there. ` +
      "Remove the directory, or change the destination in the files section, and then try again.",
  );
}

/** The AppSpec's own setting wins over the deployment's; DISALLOW where neither says anything. */
export function effectiveFileExistsBehavior(ofAppSpec: string | null, ofSpecification: string | undefined): string {
  return ofAppSpec ?? (ofSpecification?.toUpperCase() || FILE_EXISTS_BEHAVIORS[0]);
}
