import type { TargetCandidate, TargetResolution } from "@sluice/engine/observation.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import type { FleetSelection } from "@sluice/engine/ports/fleet.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { hasHadTrafficMoved } from "@sluice/engine/rollback.ts";
import type { InstanceLabel, RevisionHealth, Strategy } from "@sluice/engine/state.ts";
import { type RevisionLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { readHead } from "../store/deployments.ts";
import { type HostHistory, loadHostHistory } from "../store/group-hosts.ts";
import { type DeploymentRequest, replacementSelection } from "../store/new-deployment.ts";
import type { Store } from "../store/open-store.ts";
import { loadTargets } from "../store/targets.ts";
import { routedHosts } from "./routed-hosts.ts";
import { checkAlarms, checkBalancers, hostsOf, joinChecks, type StartCheck } from "./start-check.ts";

/** A host that a group's tags match. */
export interface MatchedHost {
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: "instance" | "on-premises";
  readonly zone: string | null;
}

/** Which hosts carry the tags that a selection asks for. */
export type MatchHosts = (selection: FleetSelection, signal: AbortSignal) => Promise<readonly MatchedHost[]>;

export interface ResolvingParts {
  readonly store: Store;
  readonly matchHosts: MatchHosts;
  readonly trafficRouter: TrafficRouter;
  readonly alarmReader: AlarmReader;
}

/** The hosts of a deployment, each with what its earlier deployments left, and what stands in the deployment's way: the planner's input. */
export async function resolveTargets(
  parts: ResolvingParts,
  deploymentId: string,
  signal: AbortSignal,
): Promise<TargetResolution> {
  const { store, matchHosts } = parts;
  const row = await store.db
    .selectFrom("deployments")
    .innerJoin("deployment_groups", "deployment_groups.deployment_group_id", "deployments.deployment_group_id")
    .select(["deployment_groups.deployment_group_id", "fields_json", "target_revision_json", "request_json"])
    .select(["state_json", "rollback_json"])
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  if (!row) {
    const message = "The deployment group was deleted before the deployment started.";
    return { outcome: "failed", error: { code: "DEPLOYMENT_GROUP_MISSING", message } };
  }
  const { strategy, alarms } = readHead(row);
  const request = JSON.parse(row.request_json) as DeploymentRequest;
  if (strategy.type === "blue-green-rollback") return fleetsOfRolledBack(store, row.rollback_json);
  const currentKey = row.target_revision_json
    ? revisionKey(JSON.parse(row.target_revision_json) as RevisionLocation)
    : null;
  const history = await loadHostHistory(store, row.deployment_group_id);
  const candidatesOf = async (selection: FleetSelection) =>
    (await matchHosts(selection, signal)).map((host) => candidateOf(host, history.get(host.hostId), currentKey));
  const selected = await candidatesOf(JSON.parse(row.fields_json) as FleetSelection);
  const all = request.onlyHosts ? selected.filter(({ targetId }) => request.onlyHosts?.includes(targetId)) : selected;
  const replacements =
    strategy.type === "blue-green" ? await candidatesOf(replacementSelection(request.targetInstances)) : undefined;
  const candidates = request.updateOutdatedInstancesOnly
    ? all.filter(({ revisionHealth }) => revisionHealth !== "Current")
    : all;
  const checks: StartCheck[] = [];
  if (movesTraffic(strategy)) {
    const hosts = await routedHosts(store, hostsOf([...candidates, ...(replacements ?? [])]), request);
    checks.push(await checkBalancers(parts.trafficRouter, hosts, signal));
  }
  if (alarms) checks.push(await checkAlarms(parts.alarmReader, alarms, signal));
  return {
    outcome: "resolved",
    candidates,
    ...(request.updateOutdatedInstancesOnly ? { upToDate: all.length - candidates.length } : {}),
    ...(replacements ? { replacements } : {}),
    ...joinChecks(checks),
  };
}

function candidateOf(host: MatchedHost, past: HostHistory | undefined, currentKey: string | null): TargetCandidate {
  const revisionHealth: RevisionHealth = !past?.healthy
    ? "Unknown"
    : past.revisionKey === currentKey
      ? "Current"
      : "Old";
  const { hostId: targetId, hostName, kind, zone } = host;
  return { targetId, hostName, kind, zone, wasHealthy: past?.healthy ?? false, revisionHealth };
}

function movesTraffic(strategy: Strategy): boolean {
  switch (strategy.type) {
    case "in-place":
      return strategy.hasTrafficControl;
    case "blue-green":
    case "blue-green-rollback":
      return true;
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

/** The way back concerns the hosts whose traffic was moved, whatever tags say by now. */
async function fleetsOfRolledBack(store: Store, rollbackJson: string | null): Promise<TargetResolution> {
  const { rollbackTriggeringDeploymentId } = JSON.parse(rollbackJson ?? "{}") as {
    readonly rollbackTriggeringDeploymentId?: string;
  };
  const targets = rollbackTriggeringDeploymentId
    ? ((await loadTargets(store, rollbackTriggeringDeploymentId)) ?? [])
    : [];
  const moved = (label: InstanceLabel) =>
    targets
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
