import { lstatSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { errorCodeOf } from "../event-failure.ts";
import { CONTEXT_PREFIX, cleanupEntries, readCleanupList } from "./cleanup.ts";
import { Folders, UntrustedLink } from "./folders.ts";

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/**
 * What the removal of the group's previous install would take away, in its order: files and links, and directories that are empty by then. Nothing is
 * removed.
 * @param isUntouched whether a path on the list still has the host's own file
 */
export function goneAfterCleanup(
  cleanupFile: string,
  isUntouched: (path: string, folders: Folders) => boolean,
): ReadonlySet<string> {
  const gone = new Set<string>();
  const folders = new Folders();
  try {
    for (const entry of cleanupEntries(readCleanupList(cleanupFile), "newestFirst")) {
      if (entry.startsWith(CONTEXT_PREFIX)) continue;
      const path = resolve(entry);
      if (wouldGo(path, folders, gone) && !isUntouched(path, folders)) gone.add(path);
    }
  } finally {
    folders.close();
  }
  return gone;
}

function wouldGo(path: string, folders: Folders, gone: ReadonlySet<string>): boolean {
  try {
    const stats = lstatSync(folders.at(path), { throwIfNoEntry: false });
    if (stats === undefined) return false;
    if (!stats.isDirectory()) return true;
    return readdirSync(folders.at(`${path}/.`)).every((child) => gone.has(join(path, child)));
  } catch (error) {
    if (error instanceof UntrustedLink || GONE.has(errorCodeOf(error) ?? "")) return false;
    throw error;
  }
}
