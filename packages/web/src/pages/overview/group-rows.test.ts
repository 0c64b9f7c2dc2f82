import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { parseSort } from "../../design/sort.ts";
import { groupRows } from "./group-rows.ts";

const group = (name: string, more: Partial<GroupOverview> = {}): GroupOverview => {
  const [applicationName = "", deploymentGroupName = ""] = name.split("/");
  return { applicationName, deploymentGroupName, computePlatform: "Server", isRolledBack: false, ...more };
};
const GROUPS = [
  group("web/prod", {
    deployedAt: new Date(2),
    revision: { revisionType: "S3", s3Location: { bucket: "b", key: "web-2.tgz" } },
  }),
  group("web/beta"),
  group("pricing/live", { computePlatform: "Lambda", deployedAt: new Date(1), deploys: "version 3" }),
];
const names = (filter: { text?: string; platform?: string }, sort = "name") =>
  groupRows(GROUPS, filter, parseSort(sort, "name")).map(
    (each) => `${each.applicationName}/${each.deploymentGroupName}`,
  );

it("filters by every word, in names and revisions", () => {
  expect(names({ text: "web prod" })).toEqual(["web/prod"]);
  expect(names({ text: "web-2" })).toEqual(["web/prod"]);
  expect(names({ text: "nothing" })).toEqual([]);
  expect(names({ platform: "Lambda" })).toEqual(["pricing/live"]);
});

it("sorts by what a column shows, and puts groups without it last", () => {
  expect(names({})).toEqual(["pricing/live", "web/beta", "web/prod"]);
  expect(names({}, "-deployed")).toEqual(["web/prod", "pricing/live", "web/beta"]);
});
