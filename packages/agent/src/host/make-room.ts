import { lstatSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fullDisk } from "@sluice/model/disk-full.ts";
import { removeUnheld } from "./bundle/bundle-cache.ts";
import { describeError } from "./event-failure.ts";
import { bundlesDirectoryOf, groupPointers, isGroupName, pointedName, REVISION_NAMES } from "./layout.ts";
import { removeTree } from "./remove-tree.ts";

export interface RoomParts {
  readonly rootDirectory: string;
  /** Directories of the deployments that have an event under way. */
  readonly busy: ReadonlySet<string>;
  readonly say: (text: string) => void;
}

/**
 * Does `work`, and once more where the disk was full and old revisions could be removed from it. Those of every group go, but for its last successful one,
 * its most recent one and those of events that are under way.
 */
export async function withRoom<Value>(
  work: () => Promise<Value>,
  { rootDirectory, busy, say }: RoomParts,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (fullDisk(error) !== "local" || !isOnDiskOf(rootDirectory, error)) throw error;
    const cache = bundlesDirectoryOf(rootDirectory);
    const bundles = removeUnheld(cache);
    const removed = await removeUnneeded(rootDirectory, busy, say);
    // Those that the revisions held.
    removeUnheld(cache);
    if (removed.length === 0 && bundles === 0) throw error;
    const what = [removed.length > 0 && "old revisions", bundles > 0 && "cached bundles"].filter(Boolean);
    const which = removed.length > 0 ? `: ${removed.join(", ")}` : "";
    say(`The disk was full, so ${what.join(" and ")} were removed, and the event is retried${which}`);
    return work();
  }
}

async function removeUnneeded(
  rootDirectory: string,
  busy: ReadonlySet<string>,
  say: (text: string) => void,
): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const directory of unneeded(rootDirectory)) {
    if (busy.has(directory)) continue;
    try {
      await removeTree(directory);
      removed.push(directory);
    } catch (error) {
      say(`The old revision ${directory} could not be removed: ${describeError(error)}`);
    }
  }
  return removed;
}

function unneeded(rootDirectory: string): readonly string[] {
  return namesIn(rootDirectory)
    .filter(isGroupName)
    .flatMap((group) => {
      const kept = groupPointers(rootDirectory, group).map(pointedName);
      return namesIn(join(rootDirectory, group))
        .filter((name) => !kept.includes(name))
        .map((name) => join(rootDirectory, group, name))
        .filter(isOfDeployment);
    });
}

function namesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** Somebody else may keep directories below the agent's. */
function isOfDeployment(directory: string): boolean {
  return REVISION_NAMES.some((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }) !== undefined);
}

/** What is installed may be on another disk, on which removing revisions makes no room. An error that names no path is of the agent's own files. */
function isOnDiskOf(rootDirectory: string, error: unknown): boolean {
  let path = (error as { readonly path?: unknown }).path;
  if (typeof path !== "string") return true;
  for (; ; path = dirname(path as string)) {
    const found = statSync(path as string, { throwIfNoEntry: false });
    if (found !== undefined || path === "/") return found?.dev === statSync(rootDirectory).dev;
  }
}
