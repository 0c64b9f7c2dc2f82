import type { RevisionHealth } from "@sluice/engine/state.ts";
import type { HostGroup } from "../../hosts/watched-hosts.ts";

/** What the group's past says of a host, and so what a deployment has to take it for. */
export function pastOf(group: HostGroup, hostId: string): { wasHealthy: boolean; revisionHealth: RevisionHealth } {
  const past = group.health.get(hostId);
  if (!past?.healthy) return { wasHealthy: false, revisionHealth: "Unknown" };
  return { wasHealthy: true, revisionHealth: past.revisionKey === group.currentRevisionKey ? "Current" : "Old" };
}

/** The hosts that are meant to get the revision, and the fleet from which traffic moves away. */
export function meantHosts(
  group: HostGroup,
  { updateOutdatedInstancesOnly }: { readonly updateOutdatedInstancesOnly?: boolean | undefined },
): { readonly originals: readonly string[]; readonly replacements: readonly string[] } {
  const originals = group.fleets[group.current].filter(
    (hostId) => !updateOutdatedInstancesOnly || pastOf(group, hostId).revisionHealth !== "Current",
  );
  return { originals, replacements: group.fleets[group.current === 0 ? 1 : 0] };
}
