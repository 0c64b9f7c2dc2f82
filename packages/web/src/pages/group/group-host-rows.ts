import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { HostSummary, PlannedHost } from "@sluice/wire/sluice/sluice-api.ts";
import { type HostSelection, isDark, matchingHosts } from "../../forms/matching-hosts.ts";
import { readSelection } from "../../forms/tag-selection.ts";

/** A host of a group, with what is known of it there. */
export interface GroupHostRow {
  readonly hostId: string;
  readonly hostName: string;
  readonly zone: string | undefined;
  readonly state: string;
  readonly isDark: boolean;
  /** Why it is dark and what mends it, where the server says so. */
  readonly problem: string | undefined;
  /** Undefined: nothing is known of it in this group yet. */
  readonly isHealthy: boolean | undefined;
  /** `Current`, `Old` or `Unknown`. */
  readonly revision: string | undefined;
}

export function selectionOf(group: DeploymentGroupInfo): HostSelection {
  return {
    ec2: readSelection({ filters: group.ec2TagFilters, lists: group.ec2TagSet?.ec2TagSetList }),
    onPremises: readSelection({
      filters: group.onPremisesInstanceTagFilters,
      lists: group.onPremisesTagSet?.onPremisesTagSetList,
    }),
  };
}

/** Those with a problem first. */
export function groupHostRows(
  all: readonly HostSummary[],
  group: DeploymentGroupInfo,
  planned: readonly PlannedHost[],
): readonly GroupHostRow[] {
  const known = new Map(planned.map((host) => [host.targetId, host]));
  const rows = matchingHosts(all, selectionOf(group)).hosts.map((host): GroupHostRow => {
    const plan = known.get(host.hostId);
    return {
      hostId: host.hostId,
      hostName: host.hostName,
      zone: host.zone,
      state: host.state,
      isDark: isDark(host),
      problem: plan?.problem,
      isHealthy: plan?.healthy,
      revision: plan?.revision,
    };
  });
  return rows.sort((one, other) => rank(one) - rank(other));
}

function rank({ isDark: dark, isHealthy, revision }: GroupHostRow): number {
  if (dark) return 0;
  if (isHealthy === false) return 1;
  return revision === "Current" ? 3 : 2;
}
