import { Command } from "commander";
import { expect, test } from "vitest";
import { addGroupOptions, checkNewGroup, type GroupOptions, groupFields } from "./group-options.ts";

const fieldsOf = async (words: string, style?: Parameters<typeof groupFields>[1]) => {
  const command = addGroupOptions(new Command("create"))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const names = ["--application", "web", "--group", "prod"];
  command.parse([...names, ...words.split(" ").filter((word) => word !== "")], { from: "user" });
  return groupFields(command.opts<GroupOptions>(), style);
};

test("every option becomes the field that it stands for", async () => {
  expect(await fieldsOf("--tag A=b --tag A=c --on-premises-tag D= --config CodeDeployDefault.AllAtOnce")).toEqual({
    ec2TagFilters: [
      { Key: "A", Value: "b", Type: "KEY_AND_VALUE" },
      { Key: "A", Value: "c", Type: "KEY_AND_VALUE" },
    ],
    onPremisesInstanceTagFilters: [{ Key: "D", Value: "", Type: "KEY_AND_VALUE" }],
    deploymentConfigName: "CodeDeployDefault.AllAtOnce",
  });
  expect(await fieldsOf("--auto-rollback failure,alarm --alarm errors --alarm latency")).toEqual({
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
    alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }, { name: "latency" }] },
  });
  expect(await fieldsOf("--auto-rollback off")).toEqual({ autoRollbackConfiguration: { enabled: false, events: [] } });
  expect(await fieldsOf("--trigger ops=arn:x=y --trigger-event InstanceStart")).toEqual({
    triggerConfigurations: [{ triggerName: "ops", triggerTargetArn: "arn:x=y", triggerEvents: ["InstanceStart"] }],
  });
});

test("a balancer brings traffic control, and the style keeps its type", async () => {
  expect(await fieldsOf("--target-group web", { deploymentType: "BLUE_GREEN" })).toEqual({
    loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  });
  expect(await fieldsOf("--load-balancer old")).toEqual({
    loadBalancerInfo: { elbInfoList: [{ name: "old" }] },
    deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  });
});

test("blue/green says what becomes of the original hosts and of the traffic", async () => {
  expect(await fieldsOf("--blue-green --terminate-after 1h --wait-for-continue 90s")).toEqual({
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
      deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 2 },
      greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
    },
  });
  await expect(fieldsOf("--terminate-after 1h")).rejects.toThrow("need --blue-green");
});

test("what the API would refuse is refused in the words of the options", async () => {
  await expect(fieldsOf("--blue-green --terminate-after 3d")).rejects.toThrow(/--terminate-after.*at most 2d/);
  await expect(fieldsOf("--blue-green --wait-for-continue 49h")).rejects.toThrow(/--wait-for-continue.*at most 2d/);
  expect(await fieldsOf("--blue-green --terminate-after 48h")).toBeDefined();
  const options = { application: "web", group: "prod", blueGreen: true };
  expect(() => checkNewGroup(options, {})).toThrow("--blue-green needs --target-group NAME or --load-balancer NAME");
  expect(() => checkNewGroup(options, { loadBalancerInfo: {} })).not.toThrow();
});

test.each(["--auto-rollback sometimes", "--trigger ops", "--trigger-event Never", "--tag A"])(
  "%s is refused",
  async (words) => {
    await expect(fieldsOf(words)).rejects.toThrow();
  },
);
