import type { GroupOverview, LastDeployment } from "@sluice/wire/sluice/console-api.ts";
import type { SortValue } from "../../design/sort.ts";

/** An application as a row of the list: what its groups come to. */
export interface ApplicationRow {
  readonly name: string;
  readonly platform: string;
  readonly groups: number;
  readonly rolledBackGroups: number;
  /** The newest of all its groups. */
  readonly lastDeployment?: LastDeployment | undefined;
}

export function applicationRows(groups: readonly GroupOverview[]): ApplicationRow[] {
  const rows = new Map<string, ApplicationRow>();
  for (const group of groups) {
    const row = rows.get(group.applicationName) ?? {
      name: group.applicationName,
      platform: group.computePlatform,
      groups: 0,
      rolledBackGroups: 0,
    };
    rows.set(group.applicationName, {
      ...row,
      groups: row.groups + (group.deploymentGroupName === "" ? 0 : 1),
      rolledBackGroups: row.rolledBackGroups + (group.isRolledBack ? 1 : 0),
      lastDeployment: newer(row.lastDeployment, group.lastDeployment),
    });
  }
  return [...rows.values()];
}

export function applicationValue(row: ApplicationRow, column: string): SortValue {
  switch (column) {
    case "platform":
      return row.platform;
    case "groups":
      return row.groups;
    case "last":
      return row.lastDeployment?.createdAt;
    default:
      return row.name;
  }
}

function newer(one: LastDeployment | undefined, other: LastDeployment | undefined): LastDeployment | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.createdAt > one.createdAt ? other : one;
}
