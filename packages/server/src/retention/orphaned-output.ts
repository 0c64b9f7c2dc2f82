import { deploymentsWithOutput, outputFolder } from "../logs/output-folders.ts";
import type { Store } from "../store/open-store.ts";
import { knowsAnyDeployment, withoutDeployment } from "../store/removed-deployments.ts";

/** Folders of output that are looked at between two looks at the database. */
const STEP_FOLDERS = 200;
/** Output of a deployment that the database does not know goes after this: it may have been restored from a backup just now. */
const ORPHAN_KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface OrphanedOutput {
  readonly deploymentId: string;
  readonly bytes: number;
}

export interface OrphanParts {
  readonly store: Pick<Store, "db">;
  readonly logDirectory: string;
}

/**
 * Output of deployments that the database does not know, step by step. Only the folders of such deployments are looked into. A database that
 * knows no deployment at all is more likely the wrong one than one that lost them all: for it nothing is orphaned.
 */
export async function* orphanedOutput(
  { store, logDirectory }: OrphanParts,
  now: number,
): AsyncGenerator<readonly OrphanedOutput[]> {
  const found = await deploymentsWithOutput(logDirectory);
  if (found.length === 0 || !(await knowsAnyDeployment(store))) return;
  for (let from = 0; from < found.length; from += STEP_FOLDERS) {
    const orphaned: OrphanedOutput[] = [];
    for (const deploymentId of await withoutDeployment(store, found.slice(from, from + STEP_FOLDERS))) {
      const folder = await outputFolder(logDirectory, deploymentId);
      if (folder && folder.changedAt < now - ORPHAN_KEPT_MILLISECONDS)
        orphaned.push({ deploymentId, bytes: folder.bytes });
    }
    yield orphaned;
  }
}

/** For a person: how much there is, and the first names. */
export interface OrphanedTally {
  deployments: number;
  readonly deploymentIds: string[];
  logBytes: number;
}

/** So many names are told; the log has the others. */
const NAMES_TOLD = 20;

export function newTally(): OrphanedTally {
  return { deployments: 0, deploymentIds: [], logBytes: 0 };
}

export function addToTally(tally: OrphanedTally, orphaned: readonly OrphanedOutput[]): void {
  for (const { deploymentId, bytes } of orphaned) {
    tally.deployments += 1;
    tally.logBytes += bytes;
    if (tally.deploymentIds.length < NAMES_TOLD) tally.deploymentIds.push(deploymentId);
  }
}
