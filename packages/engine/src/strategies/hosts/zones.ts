import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../../draft.ts";
import { hostTargets } from "../../host-targets.ts";
import { zoneHealthError } from "../../messages.ts";
import type { DeploymentState, HealthRule, HostTarget } from "../../state.ts";
import { isHealthSpent, roomIn } from "./admission.ts";
import { minimumHealthyHosts } from "./minimum-healthy-hosts.ts";
import { isRefused } from "./restarts.ts";
import { sortIntoBuckets } from "./target-buckets.ts";

/** The hosts of one availability zone; those without a zone make up one of their own. */
export interface Zone {
  readonly name: string | null;
  readonly targets: readonly HostTarget[];
}

/** In the order in which they are deployed to: by name, and hosts without a zone last. AWS leaves the order open. */
export function zonesOf(targets: readonly HostTarget[]): Zone[] {
  const byName = Map.groupBy(targets, ({ zone }) => zone);
  return [...byName]
    .map(([name, members]) => ({ name, targets: members }))
    .sort((a, b) => {
      if (a.name === null || b.name === null) return Number(a.name === null) - Number(b.name === null);
      return a.name < b.name ? -1 : 1;
    });
}

export function zoneMinimum(rule: HealthRule | null, hostCount: number): number {
  return rule === null ? 0 : minimumHealthyHosts(rule, hostCount);
}

/** A zone that has ended is watched for its monitor time before the next begins; one whose health is spent ends the rest. */
export function prepareZones(draft: Draft): void {
  const { state } = draft;
  if (state.strategy.type !== "in-place" || state.strategy.zones === null) return;
  const { minimumPerZone } = state.strategy.zones;
  const zones = zonesOf(hostTargets(state));
  for (const zone of zones) {
    const buckets = sortIntoBuckets(zone.targets);
    const minimum = zoneMinimum(minimumPerZone, zone.targets.length);
    // One that nobody waits in cannot be below its minimum: no more hosts are at work in it than it can lose.
    if (isHealthSpent(buckets, minimum)) {
      const error = zoneHealthError(zone.name, buckets, minimum);
      draft.decide({ type: "admissionHalted", halt: "health", error });
      return;
    }
  }
  const bakedUntil = bakingEnd(state, zones.flatMap(withoutRefused));
  if (state.wait === null && bakedUntil !== null && draft.now < bakedUntil.until) {
    draft.decide({ type: "bakingStarted", ...bakedUntil });
  } else if (state.wait?.kind === "baking" && draft.now >= state.wait.until) {
    draft.decide({ type: "waitEnded" });
  }
}

/** Which waiting hosts' zone has its turn, and has room by its own minimum. */
export function zoneGate(state: DeploymentState): (target: HostTarget) => boolean {
  if (state.strategy.type !== "in-place" || state.strategy.zones === null) return () => true;
  const current = zonesOf(hostTargets(state)).find(({ targets }) => targets.some(isOpen));
  if (!current || state.wait !== null) return () => false;
  const buckets = sortIntoBuckets(current.targets);
  const room = roomIn(buckets, zoneMinimum(state.strategy.zones.minimumPerZone, current.targets.length));
  const open = new Set(buckets.waiting.slice(0, Math.max(0, room)).map(({ targetId }) => targetId));
  return ({ targetId }) => open.has(targetId);
}

/** A host that cannot be restarted has failed before the first zone began: it says nothing of where its own is. */
function withoutRefused({ name, targets }: Zone): Zone[] {
  const touched = targets.filter((target) => !isRefused(target));
  return touched.length > 0 ? [{ name, targets: touched }] : [];
}

/** Until when the last zone that ended is watched; null when no zone has ended, or none is to come. */
function bakingEnd(
  state: DeploymentState,
  zones: readonly Zone[],
): { readonly zone: string | null; readonly until: number } | null {
  const next = zones.findIndex(({ targets }) => targets.some(isOpen));
  const previous = zones[next - 1];
  if (!previous || zones[next]?.targets.some(({ status }) => status !== "Pending")) return null;
  invariant(state.strategy.type === "in-place" && state.strategy.zones, "only a zonal deployment bakes");
  const { firstZoneMonitorMilliseconds, monitorMilliseconds } = state.strategy.zones;
  const endedAt = Math.max(...previous.targets.map(({ updatedAt }) => updatedAt));
  return {
    zone: previous.name,
    until: endedAt + (next === 1 ? firstZoneMonitorMilliseconds : monitorMilliseconds),
  };
}

function isOpen({ status }: HostTarget): boolean {
  return status === "Pending" || status === "InProgress";
}
