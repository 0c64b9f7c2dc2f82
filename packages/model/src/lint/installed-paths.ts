import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { filePaths } from "../app-spec/install-values.ts";
import type { EntryKind } from "../bundle/bundle-entries.ts";
import { findInBundle } from "./bundle-listing.ts";
import { entriesOf, type LintSubject, type WrittenEntry } from "./lint-subject.ts";

/** An entry of `files` whose values agents can use. */
export interface FileEntry extends WrittenEntry {
  readonly source: string;
  readonly destination: string;
  /** As hosts take it: a relative one counts from `/`. */
  readonly target: string;
}

/** Installed entries that are gone through; an AppSpec with many entries could install a large bundle again and again. */
const MAX_STEPS = 100_000;

export function fileEntries(subject: LintSubject): FileEntry[] {
  return entriesOf(subject, "files").flatMap((entry): FileEntry[] => {
    const file = subject.appSpec.files[entry.index];
    if (file === undefined) return [];
    try {
      const { source, destination } = filePaths(file);
      return [{ ...entry, source, destination, target: hostPath(destination) }];
    } catch (error) {
      if (error instanceof AppSpecError) return [];
      throw error;
    }
  });
}

/** An absolute path without `.`, `..` and closing slashes, as hosts resolve it. */
export function hostPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export function lastPart(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.at(-1) ?? "";
}

export function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) parents.push(path.slice(0, at));
  return parents;
}

export interface InstalledFile {
  /** In the bundle. */
  readonly source: string;
  readonly by: FileEntry;
}

/** Two things that one place on the host cannot be. */
export interface Collision {
  readonly by: FileEntry;
  readonly earlier: FileEntry;
  readonly destination: string;
  readonly what: "two files" | "a file and a directory";
}

/** What an install puts on a host that has nothing of it. */
export interface InstalledPaths {
  readonly files: ReadonlyMap<string, InstalledFile>;
  readonly directories: ReadonlyMap<string, FileEntry>;
  readonly collisions: readonly Collision[];
  /** Paths of links that may lead to directories, whose content hosts may install in their place. */
  readonly links: readonly string[];
}

/** Null where it is not known: no bundle, sources that lead out of it, or more entries than are gone through. */
export function installedPaths(subject: LintSubject): InstalledPaths | null {
  const { bundle } = subject;
  if (bundle === null) return null;
  const files = new Map<string, InstalledFile>();
  const directories = new Map<string, FileEntry>();
  const collisions: Collision[] = [];
  const links: string[] = [];
  let steps = 0;

  const putFile = (destination: string, source: string, by: FileEntry) => {
    const file = files.get(destination);
    const directory = directories.get(destination);
    if (file !== undefined) collisions.push({ by, earlier: file.by, destination, what: "two files" });
    else if (directory !== undefined)
      collisions.push({ by, earlier: directory, destination, what: "a file and a directory" });
    else files.set(destination, { source, by });
  };
  const putDirectory = (destination: string, by: FileEntry) => {
    const file = files.get(destination);
    if (file !== undefined) collisions.push({ by, earlier: file.by, destination, what: "a file and a directory" });
    else if (!directories.has(destination)) directories.set(destination, by);
  };
  const put = (destination: string, path: string, kind: EntryKind, by: FileEntry) => {
    if (kind === "directory") return putDirectory(destination, by);
    if (kind !== "file") links.push(destination);
    putFile(destination, path, by);
  };

  for (const by of fileEntries(subject)) {
    const found = findInBundle(bundle, by.source);
    if (found.is === "outside") return null;
    if (found.is !== "file" && found.is !== "directory") continue;
    for (const parent of parentsOf(by.target)) putDirectory(parent, by);
    if (by.target !== "/") putDirectory(by.target, by);
    const base = by.target === "/" ? "" : by.target;
    if (found.is === "file") {
      // A link that leads to a file is installed under its own name.
      put(`${base}/${lastPart(by.source)}`, found.path, "file", by);
      continue;
    }
    const prefix = found.path === "" ? "" : `${found.path}/`;
    for (const [path, kind] of bundle.entries) {
      if (path === "" || path === found.path || !path.startsWith(prefix)) continue;
      steps += 1;
      if (steps > MAX_STEPS) return null;
      put(`${base}/${path.slice(prefix.length)}`, path, kind, by);
    }
  }
  return { files, directories, collisions, links };
}
