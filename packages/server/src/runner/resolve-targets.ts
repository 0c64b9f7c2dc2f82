import type { TargetCandidate, TargetResolution } from "@sluice/engine/observation.ts";
import type { RevisionHealth } from "@sluice/engine/state.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { loadHostHistory } from "../store/group-hosts.ts";
import type { Store } from "../store/open-store.ts";

/** A host that a group's tags match. */
export interface MatchedHost {
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
}

/** Which hosts carry the tags that the group's fields (API shape) ask for. */
export type MatchHosts = (
  groupFields: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<readonly MatchedHost[]>;

/** The hosts of a deployment's group, each with what its earlier deployments left: the planner's input. */
export async function resolveTargets(
  store: Store,
  matchHosts: MatchHosts,
  deploymentId: string,
  signal: AbortSignal,
): Promise<TargetResolution> {
  const group = await store.db
    .selectFrom("deployments")
    .innerJoin("deployment_groups", "deployment_groups.deployment_group_id", "deployments.deployment_group_id")
    .select(["deployment_groups.deployment_group_id", "fields_json", "target_revision_json", "request_json"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (!group) {
    const message = "The deployment group was deleted before the deployment started.";
    return { outcome: "failed", error: { code: "DEPLOYMENT_GROUP_MISSING", message } };
  }
  const currentKey = group.target_revision_json
    ? revisionKey(JSON.parse(group.target_revision_json) as RevisionLocation)
    : null;
  const history = await loadHostHistory(store, group.deployment_group_id);
  const hosts = await matchHosts(JSON.parse(group.fields_json), signal);
  const candidates = hosts.map(({ hostId, hostName, kind }): TargetCandidate => {
    const past = history.get(hostId);
    const revisionHealth: RevisionHealth = !past?.healthy
      ? "Unknown"
      : past.revisionKey === currentKey
        ? "Current"
        : "Old";
    return { targetId: hostId, hostName, kind, wasHealthy: past?.healthy ?? false, revisionHealth };
  });
  const { updateOutdatedInstancesOnly } = JSON.parse(group.request_json) as { updateOutdatedInstancesOnly?: boolean };
  if (!updateOutdatedInstancesOnly) return { outcome: "resolved", candidates };
  const outdated = candidates.filter(({ revisionHealth }) => revisionHealth !== "Current");
  return { outcome: "resolved", candidates: outdated, upToDate: candidates.length - outdated.length };
}
