import type { RollbackInfo } from "@aws-sdk/client-codedeploy";
import { hostTargets } from "@sluice/engine/host-targets.ts";
import type { TargetCandidate, TargetResolution } from "@sluice/engine/observation.ts";
import { hasHadTrafficMoved } from "@sluice/engine/rollback.ts";
import type { DeploymentState, InstanceLabel } from "@sluice/engine/state.ts";
import { isShift } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { ShiftPorts } from "../platforms/shift-ports.ts";
import { resolveShift } from "../preflight/resolve-shift.ts";
import { type GatheringParts, gatherFacts, resolutionOf } from "../preflight/rollout-facts.ts";
import { unfinishable } from "../preflight/unfinishable.ts";
import {
  DEPLOYMENT_INTENT,
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
} from "../store/columns/deployment-columns.ts";
import { GROUP_FIELDS, TARGET_REVISION } from "../store/columns/group-columns.ts";
import { readHead } from "../store/deployments.ts";
import type { Store } from "../store/open-store.ts";
import { loadTargets } from "../store/targets.ts";

export interface ResolvingParts extends GatheringParts {
  readonly store: Store;
  readonly hosts: HostObserver;
  readonly now: () => number;
  /** Absent: no driver of theirs is bound. */
  readonly shiftPorts?: ShiftPorts | undefined;
}

/** The hosts of a deployment, each with what its earlier deployments left, and what stands in the deployment's way: the planner's input. */
export async function resolveTargets(
  parts: ResolvingParts,
  deploymentId: string,
  signal: AbortSignal,
): Promise<TargetResolution> {
  const { store } = parts;
  const row = await store.db
    .selectFrom("deployments")
    .innerJoin("deployment_groups", "deployment_groups.deployment_group_id", "deployments.deployment_group_id")
    .select(["deployment_groups.deployment_group_id", "fields_json", "target_revision_json"])
    .select(["deployment_id", "request_json", "intent_json", "state_json", "rollback_json", "revision_json", "creator"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (!row) {
    const message = "The deployment group was deleted before the deployment started.";
    return { outcome: "failed", error: { code: "DEPLOYMENT_GROUP_MISSING", message } };
  }
  const created: DeploymentState = { ...readHead(row), targets: null };
  const { strategy, alarms } = created;
  const { deployment_group_id: deploymentGroupId } = row;
  if (isShift(strategy)) return resolveShift(parts, { strategy, alarms, deploymentGroupId }, signal);
  if (strategy.type === "blue-green-rollback") return fleetsOfRolledBack(store, DEPLOYMENT_ROLLBACK.read(row));
  const rollout = {
    deploymentGroupId,
    selection: GROUP_FIELDS.read(row),
    currentRevision: TARGET_REVISION.read(row),
    strategy,
    alarms,
    request: DEPLOYMENT_REQUEST.read(row),
    onlyHosts: DEPLOYMENT_INTENT.read(row)?.onlyHosts,
    revision: DEPLOYMENT_REVISION.read(row),
    creator: row.creator,
  };
  const resolution = resolutionOf(rollout, await gatherFacts(parts, rollout, signal));
  return strategy.type === "blue-green" ? withObstacle(parts, created, resolution) : resolution;
}

async function withObstacle(
  { store, hosts, now }: ResolvingParts,
  created: DeploymentState,
  resolution: TargetResolution,
): Promise<TargetResolution> {
  if (resolution.outcome !== "resolved" || resolution.obstacle) return resolution;
  const ids = [...resolution.candidates, ...(resolution.replacements ?? [])].map(({ targetId }) => targetId);
  const obstacle = unfinishable(created, resolution, await hosts.observe(store, ids), now());
  return obstacle ? { ...resolution, obstacle } : resolution;
}

/** The way back concerns the hosts whose traffic was moved, whatever tags say by now. */
async function fleetsOfRolledBack(store: Store, rollback: RollbackInfo | null): Promise<TargetResolution> {
  const triggeredBy = rollback?.rollbackTriggeringDeploymentId;
  const hosts = hostTargets({ targets: triggeredBy ? await loadTargets(store, triggeredBy) : null });
  const moved = (label: InstanceLabel) =>
    hosts
      .filter((target) => target.label === label && hasHadTrafficMoved(target))
      .map(
        ({ targetId, hostName, kind, zone, wasHealthy, revisionHealth }): TargetCandidate => ({
          targetId,
          hostName,
          kind,
          zone,
          wasHealthy,
          revisionHealth,
        }),
      );
  return { outcome: "resolved", candidates: moved("Blue"), replacements: moved("Green") };
}
