import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "./event-failure.ts";
import { type DeploymentLayout, pointedName } from "./layout.ts";
import { removeTree } from "./remove-tree.ts";

/**
 * Removes the group's oldest revisions so that, with the current one, `maxRevisions` stay; never the last successful.
 * @returns why some could not be removed, which is no reason to deploy nothing any more
 */
export async function removeOldRevisions(layout: DeploymentLayout, maxRevisions: number): Promise<readonly string[]> {
  const lastSuccessful = pointedName(layout.lastSuccessfulInstallFile);
  const others = readdirSync(layout.groupDirectory)
    .map((name) => join(layout.groupDirectory, name))
    .filter((directory) => directory !== layout.deploymentDirectory);
  const surplus = others.length - maxRevisions + 1;
  if (surplus <= 0) return [];
  const oldestFirst = others
    .filter((directory) => basename(directory) !== lastSuccessful)
    .map((directory) => ({ directory, changedAt: statSync(directory).mtimeMs }))
    .sort((one, other) => one.changedAt - other.changedAt);
  const problems: string[] = [];
  for (const { directory } of oldestFirst.slice(0, surplus)) {
    try {
      await removeTree(directory);
    } catch (error) {
      problems.push(`The old revision ${directory} could not be removed: ${describeError(error)}`);
    }
  }
  return problems;
}
