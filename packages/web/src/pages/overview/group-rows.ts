import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { type Sort, type SortValue, sortRows } from "../../design/sort.ts";
import { revisionWords } from "../../parts/revision-words.ts";

export interface GroupFilter {
  readonly text?: string | undefined;
  readonly platform?: string | undefined;
}

export const GROUP_SORT_DEFAULT = "name";

/** Those that match all of the filter, in order. */
export function groupRows(groups: readonly GroupOverview[], filter: GroupFilter, sort: Sort): GroupOverview[] {
  return sortRows(
    groups.filter((group) => matches(group, filter)),
    sort,
    sortValue,
  );
}

export function groupKey({ applicationName, deploymentGroupName }: GroupOverview): string {
  return `${applicationName}\n${deploymentGroupName}`;
}

/** Every word has to be in a name, the revision or the status. */
function matches(group: GroupOverview, { text = "", platform }: GroupFilter): boolean {
  if (platform !== undefined && group.computePlatform !== platform) return false;
  const { applicationName, deploymentGroupName, revision, deploys, lastDeployment } = group;
  const words = [
    `${applicationName} / ${deploymentGroupName}`,
    revisionWords(revision, deploys)?.name,
    lastDeployment?.status,
    lastDeployment?.deploymentId,
  ];
  const whole = words.filter(Boolean).join("\n").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

function sortValue(group: GroupOverview, column: string): SortValue {
  switch (column) {
    case "platform":
      return group.computePlatform;
    case "revision":
      return revisionWords(group.revision, group.deploys)?.name;
    case "status":
      return group.lastDeployment?.status;
    case "deployed":
      return group.deployedAt;
    default:
      return `${group.applicationName}\n${group.deploymentGroupName}`;
  }
}
