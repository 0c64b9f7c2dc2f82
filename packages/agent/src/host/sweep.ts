import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { UNFINISHED_SUFFIX } from "./durable-file.ts";
import { PIPES_DIRECTORY_PREFIX } from "./hooks/output-pipes.ts";
import { ARCHIVE_STAGING_NAME, ensureDirectory } from "./layout.ts";
import { removeTreeNow } from "./remove-tree.ts";

/** Root, group, deployment: what the agent leaves half-made lies no deeper. */
const DEPTH = 2;

/** Removes what a killed agent left half-made: unfinished files, half-unpacked archives, pipes that nobody reads. */
export function sweep(rootDirectory: string): void {
  ensureDirectory(rootDirectory);
  sweepBelow(rootDirectory, DEPTH);
}

function sweepBelow(directory: string, depth: number): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (isHalfMade(entry)) removeTreeNow(path);
    else if (entry.isDirectory() && depth > 0) sweepBelow(path, depth - 1);
  }
}

function isHalfMade(entry: Dirent): boolean {
  const { name } = entry;
  if (!entry.isDirectory()) return name.endsWith(UNFINISHED_SUFFIX);
  return name === ARCHIVE_STAGING_NAME || name.startsWith(PIPES_DIRECTORY_PREFIX);
}
