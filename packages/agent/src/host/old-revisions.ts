import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "./event-failure.ts";
import { type DeploymentLayout, pointedName } from "./layout.ts";
import { removeTree } from "./remove-tree.ts";
import { YieldingLoop } from "./yielding-loop.ts";

/** How many revisions a group keeps, the current one included, and how many bytes of disk they may take; without a limit when that is absent. */
export interface KeptRevisions {
  readonly maxRevisions: number;
  readonly maxRevisionBytes?: number | undefined;
}

/**
 * Removes the group's oldest revisions so that, with the current one, no more than these stay; never the last successful.
 * @returns why some could not be removed, which is no reason to deploy nothing any more
 */
export async function removeOldRevisions(layout: DeploymentLayout, kept: KeptRevisions): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const directory of await surplusRevisions(layout, kept)) {
    try {
      await removeTree(directory);
    } catch (error) {
      problems.push(`The old revision ${directory} could not be removed: ${describeError(error)}`);
    }
  }
  return problems;
}

/** Which these are, the oldest first. */
export async function surplusRevisions(
  layout: DeploymentLayout,
  { maxRevisions, maxRevisionBytes }: KeptRevisions,
): Promise<readonly string[]> {
  if (!existsSync(layout.groupDirectory)) return [];
  const lastSuccessful = pointedName(layout.lastSuccessfulInstallFile);
  const others = readdirSync(layout.groupDirectory)
    .map((name) => join(layout.groupDirectory, name))
    .filter((directory) => directory !== layout.deploymentDirectory);
  const oldestFirst = others
    .filter((directory) => basename(directory) !== lastSuccessful)
    .map((directory) => ({ directory, changedAt: statSync(directory).mtimeMs }))
    .sort((one, other) => one.changedAt - other.changedAt)
    .map(({ directory }) => directory);
  const surplus = Math.max(others.length - maxRevisions + 1, 0);
  const tooLarge = maxRevisionBytes === undefined ? 0 : await beyondBytes(others, oldestFirst, maxRevisionBytes);
  return oldestFirst.slice(0, Math.max(surplus, tooLarge));
}

/** How many of the oldest have to go so that the others take no more. */
async function beyondBytes(all: readonly string[], oldestFirst: readonly string[], maxBytes: number): Promise<number> {
  const loop = new YieldingLoop(new AbortController().signal);
  const sizes = new Map<string, number>();
  for (const directory of all) sizes.set(directory, await bytesIn(directory, loop));
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let count = 0;
  for (const directory of oldestFirst) {
    if (bytes <= maxBytes) break;
    bytes -= sizes.get(directory) ?? 0;
    count += 1;
  }
  return count;
}

const BLOCK_BYTES = 512;

/** What its files take on the disk. One that goes meanwhile takes nothing. */
async function bytesIn(path: string, loop: YieldingLoop): Promise<number> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  let bytes = stats.blocks * BLOCK_BYTES;
  if (!stats.isDirectory()) return bytes;
  for (const name of readdirSync(path)) {
    bytes += await bytesIn(join(path, name), loop);
    await loop.next();
  }
  return bytes;
}
