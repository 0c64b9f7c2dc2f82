import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { EventFailure, errorCodeOf } from "../event-failure.ts";
import { cleanupEntries } from "./cleanup.ts";
import { Folders, UntrustedLink } from "./folders.ts";

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * An earlier agent, or AWS's, installed links to directories as copies. Such a copy goes with the previous revision, unless something was
 * put into it since. The link cannot take its place then, and that is found out while the previous revision is still there.
 * @param links where links to directories will be
 * @throws EventFailure naming what is in the way
 */
export function checkEarlierCopies(links: readonly string[], cleanupFile: string): void {
  const folders = new Folders();
  try {
    const copies = links.filter((link) => isDirectory(link, folders));
    if (copies.length === 0) return;
    const installed = readInstalled(cleanupFile);
    // Without a previous revision nothing is lost, and the plan says what is in the way.
    if (installed.size === 0) return;
    for (const copy of copies) {
      const kept = firstKept(copy, installed, folders) ?? (installed.has(copy) ? undefined : copy);
      if (kept !== undefined) throw copyInTheWay(copy, kept);
    }
  } finally {
    folders.close();
  }
}

function readInstalled(cleanupFile: string): ReadonlySet<string> {
  try {
    return new Set(cleanupEntries(readFileSync(cleanupFile)));
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return new Set();
    throw error;
  }
}

/** What the removal of the previous revision leaves in a directory. Only what that revision installed is looked into. */
function firstKept(directory: string, installed: ReadonlySet<string>, folders: Folders): string | undefined {
  for (const child of readDirectory(directory, folders)) {
    const path = `${directory}/${child.name}`;
    const kept = installed.has(path) ? child.isDirectory() && firstKept(path, installed, folders) : path;
    if (kept) return kept;
  }
  return undefined;
}

function isDirectory(path: string, folders: Folders): boolean {
  return unlessGone(() => lstatSync(folders.at(path), { throwIfNoEntry: false })?.isDirectory()) ?? false;
}

function readDirectory(path: string, folders: Folders): readonly Dirent[] {
  return unlessGone(() => readdirSync(folders.at(`${path}/.`), { withFileTypes: true })) ?? [];
}

/** Where something else is by now, or a link that is not followed, the plan says what is wrong. */
function unlessGone<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof UntrustedLink || GONE.has(errorCodeOf(error) ?? "")) return undefined;
    throw error;
  }
}

function copyInTheWay(copy: string, kept: string): EventFailure {
  return new EventFailure(
    `The deployment failed because the revision has a symbolic link at ${copy}, but a directory is there, and ${kept} is not part of the previous ` +
      `revision, so it is not removed. The previous revision is still installed. Move ${kept} away, or set directory_link_behavior: COPY in the ` +
      "AppSpec file, which installs directories instead of links to them, and then try again.",
  );
}
