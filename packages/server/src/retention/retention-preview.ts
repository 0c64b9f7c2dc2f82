import { outputFolder } from "../logs/output-folders.ts";
import { bytesOfDeployments } from "../store/deployment-bytes.ts";
import {
  type DeploymentGroupName,
  deploymentGroupById,
  listDeploymentGroupsWithNames,
} from "../store/deployment-groups.ts";
import type { Store } from "../store/open-store.ts";
import { findExpired } from "./expired-deployments.ts";
import { addToTally, newTally, type OrphanedTally, orphanedOutput } from "./orphaned-output.ts";
import { expiryAt, type RetentionRule } from "./retention-rule.ts";

/** Of how many of a group's deployments the size is looked up; the others are taken to be like them. */
const SAMPLE_DEPLOYMENTS = 20;
/** Deployments of one group that are counted at once. */
const PAGE_DEPLOYMENTS = 1_000_000;

/** What a pass would remove of one group. Bytes are an estimate. */
export interface GroupPreview extends DeploymentGroupName {
  readonly deployments: number;
  /** Epoch milliseconds. */
  readonly oldestCreatedAt: number;
  readonly databaseBytes: number;
  readonly logBytes: number;
}

export interface PreviewParts {
  readonly store: Pick<Store, "db">;
  readonly rule: RetentionRule;
  readonly logDirectory: string;
}

export interface PruningPreview {
  /** Those that keep everything are left out. */
  readonly groups: readonly GroupPreview[];
  readonly orphaned: OrphanedTally;
}

/** What a pass would remove if it began now; it removes nothing. */
export async function previewPruning(parts: PreviewParts, now: number): Promise<PruningPreview> {
  const orphaned = newTally();
  for await (const some of orphanedOutput(parts, now)) addToTally(orphaned, some);
  return { groups: await previewGroups(parts, now), orphaned };
}

async function previewGroups({ store, rule, logDirectory }: PreviewParts, now: number): Promise<GroupPreview[]> {
  const expiry = expiryAt(rule, now);
  const previews: GroupPreview[] = [];
  for (const name of await listDeploymentGroupsWithNames(store.db)) {
    const group = await deploymentGroupById(store.db, name.deploymentGroupId);
    const expired = group ? await findExpired(store.db, group, expiry, PAGE_DEPLOYMENTS) : [];
    const [oldest] = expired;
    if (!oldest) continue;
    const sample = sampleOf(expired.map(({ deploymentId }) => deploymentId));
    const all = expired.length / sample.length;
    const databaseBytes = all * (await bytesOfDeployments(store, sample));
    let logBytes = 0;
    for (const id of sample) logBytes += (await outputFolder(logDirectory, id))?.bytes ?? 0;
    previews.push({
      ...name,
      deployments: expired.length,
      oldestCreatedAt: oldest.createdAt,
      databaseBytes: Math.round(databaseBytes),
      logBytes: Math.round(all * logBytes),
    });
  }
  return previews;
}

/** From the first to the last, at even distances. */
function sampleOf(ids: readonly string[]): string[] {
  const step = Math.max(1, ids.length / SAMPLE_DEPLOYMENTS);
  return Array.from({ length: Math.min(ids.length, SAMPLE_DEPLOYMENTS) }, (_, place) => ids[Math.floor(place * step)]!);
}
