import { expect, test } from "vitest";
import { settingSections } from "./settings-rows.ts";

test("settings are told leaf by leaf, in sections", () => {
  const settings = {
    deploymentConfigName: "CodeDeployDefault.OneAtATime",
    autoScalingGroups: [],
    ec2TagFilters: [{ Key: "role", Value: "web", Type: "KEY_AND_VALUE" }],
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
    createdAt: new Date(0),
  };
  expect(settingSections(settings)).toEqual([
    {
      name: "",
      rows: [
        { path: "deploymentConfigName", value: "CodeDeployDefault.OneAtATime" },
        { path: "createdAt", value: "1970-01-01T00:00:00.000Z" },
      ],
    },
    {
      name: "ec2TagFilters",
      rows: [{ path: "[0]", value: "role = web" }],
    },
    {
      name: "autoRollbackConfiguration",
      rows: [
        { path: "enabled", value: "true" },
        { path: "events", value: "DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM" },
      ],
    },
  ]);
});
