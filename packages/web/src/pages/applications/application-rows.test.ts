import type { GroupOverview, LastDeployment } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { sortRows } from "../../design/sort.ts";
import { applicationRows, applicationValue } from "./application-rows.ts";

const deployment = (deploymentId: string, second: number) =>
  ({ deploymentId, createdAt: new Date(second * 1000) }) as LastDeployment;
const group = (
  applicationName: string,
  deploymentGroupName: string,
  more: Partial<GroupOverview> = {},
): GroupOverview => ({
  applicationName,
  deploymentGroupName,
  computePlatform: "Server",
  isRolledBack: false,
  ...more,
});

it("adds up the groups of each application, and counts none of one that has none", () => {
  const rows = applicationRows([
    group("empty", ""),
    group("web", "prod", { lastDeployment: deployment("d-1", 1), isRolledBack: true }),
    group("web", "stage", { lastDeployment: deployment("d-2", 2) }),
    group("web", "test"),
  ]);
  expect(rows).toEqual([
    { name: "empty", platform: "Server", groups: 0, rolledBackGroups: 0 },
    { name: "web", platform: "Server", groups: 3, rolledBackGroups: 1, lastDeployment: deployment("d-2", 2) },
  ]);
  const order = (column: string) =>
    sortRows(rows, { column, direction: "down" }, applicationValue).map(({ name }) => name);
  expect(order("last")).toEqual(["web", "empty"]);
  expect(order("groups")).toEqual(["web", "empty"]);
});
