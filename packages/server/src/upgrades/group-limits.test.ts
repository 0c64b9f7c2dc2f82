import { expect, it } from "vitest";
import { groupLimits } from "./group-limits.ts";

const HOSTS = ["web-1", "web-2", "web-3", "web-4", "web-5"];
const prod = { name: "shop/prod", configName: "CodeDeployDefault.OneAtATime", hostIds: HOSTS, minimum: 4 };
const upgraded = new Set(HOSTS);

it("says which group lets fewer hosts be away than the upgrade takes, and how to change that", () => {
  expect(groupLimits([prod], upgraded, 5)).toEqual([
    {
      group: "shop/prod",
      hostsAtOnce: 1,
      reason:
        "at most 1 of the 5 hosts of shop/prod at a time, since CodeDeployDefault.OneAtATime keeps 4 of them healthy. For more, give the group another configuration: sluice groups update --application shop --group prod --config NAME (those that there are: sluice configs list)",
    },
  ]);
});

it.each([
  ["the upgrade takes no more at a time", prod, upgraded, 1],
  ["it has one host of the upgrade", prod, new Set(["web-1"]), 5],
  ["none may be away, which each host says", { ...prod, minimum: 5 }, upgraded, 5],
])("says nothing of a group where %s", (_, group, hosts, batchSize) => {
  expect(groupLimits([group], hosts, batchSize)).toEqual([]);
});
