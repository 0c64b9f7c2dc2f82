import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { DEFAULT_SERVICE_LIMITS } from "@sluice/model/service-limits.ts";
import { describe, expect, it } from "vitest";
import { createGroupInput, putSettingsInput, updateGroupInput, writtenFields } from "./group-fields.ts";
import { type GroupForm, groupFormOf, newGroupForm } from "./group-form-state.ts";
import { fieldOfFault, groupProblems } from "./group-problems.ts";

const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";

/** Groups as GetDeploymentGroup shows them, with members that no field of the form has. */
const HOSTS: DeploymentGroupInfo = {
  applicationName: "web",
  deploymentGroupName: "prod",
  serviceRoleArn: ROLE,
  deploymentConfigName: "CodeDeployDefault.HalfAtATime",
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  ec2TagSet: { ec2TagSetList: [[{ Key: "Role", Value: "web", Type: "KEY_AND_VALUE" }]] },
  onPremisesInstanceTagFilters: [],
  autoScalingGroups: [{ name: "asg", hook: "h" }],
  outdatedInstancesStrategy: "IGNORE",
  terminationHookEnabled: true,
  loadBalancerInfo: { targetGroupInfoList: [{ name: "tg" }] },
  blueGreenDeploymentConfiguration: {
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 7 },
    deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 11 },
    greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
  },
  autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] },
  alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: "errors" }] },
  triggerConfigurations: [
    {
      triggerName: "t",
      triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:t",
      triggerEvents: ["DeploymentFailure"],
    },
  ],
};
const SERVICE: DeploymentGroupInfo = {
  applicationName: "shop",
  deploymentGroupName: "web",
  serviceRoleArn: ROLE,
  deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  ecsServices: [{ clusterName: "c", serviceName: "s" }],
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: "blue" }, { name: "green" }],
        prodTrafficRoute: { listenerArns: ["arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/1/2"] },
      },
    ],
  },
  blueGreenDeploymentConfiguration: {
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
  },
  alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
};

const formOf = (group: DeploymentGroupInfo) => groupFormOf(group, undefined, []);
const update = (
  group: DeploymentGroupInfo,
  platform: "Server" | "ECS",
  change: (form: GroupForm) => Partial<GroupForm>,
) => {
  const before = formOf(group);
  return updateGroupInput("web", group, before, { ...before, ...change(before) }, platform);
};

describe("an edit", () => {
  it("of which nothing was changed has nothing to send", () => {
    expect(update(HOSTS, "Server", () => ({}))).toBeNull();
    expect(update(SERVICE, "ECS", () => ({}))).toBeNull();
  });

  it("sends what was changed alone", () => {
    expect(
      update(HOSTS, "Server", () => ({ deploymentConfigName: "CodeDeployDefault.AllAtOnce", name: "live" })),
    ).toEqual({
      applicationName: "web",
      currentDeploymentGroupName: "prod",
      newDeploymentGroupName: "live",
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
    });
  });

  it("keeps a tag set of one list a tag set", () => {
    const row = { key: "Zone", value: "", type: "KEY_ONLY" } as const;
    const input = update(HOSTS, "Server", ({ ec2 }) => ({
      ec2: { ...ec2, lists: ec2.lists.map((list) => [...list, row]) },
    }));
    expect(input).toEqual({
      applicationName: "web",
      currentDeploymentGroupName: "prod",
      ec2TagSet: {
        ec2TagSetList: [
          [
            { Key: "Role", Value: "web", Type: "KEY_AND_VALUE" },
            { Key: "Zone", Type: "KEY_ONLY" },
          ],
        ],
      },
    });
  });

  it("clears what was emptied", () => {
    const input = update(HOSTS, "Server", (form) => ({
      ec2: { ...form.ec2, lists: [] },
      autoScalingGroups: [],
      triggers: [],
      balancers: { loadBalancers: [], targetGroups: [] },
    }));
    expect(input).toEqual({
      applicationName: "web",
      currentDeploymentGroupName: "prod",
      ec2TagSet: { ec2TagSetList: [] },
      autoScalingGroups: [],
      triggerConfigurations: [],
      loadBalancerInfo: { elbInfoList: [], targetGroupInfoList: [] },
    });
  });

  it("gives a wait only to what waits, and no wait to what goes on by itself", () => {
    const style = { ...formOf(HOSTS).style, whenReady: "CONTINUE_DEPLOYMENT", originals: "KEEP_ALIVE" };
    expect(update(HOSTS, "Server", () => ({ style }))?.blueGreenDeploymentConfiguration).toEqual({
      terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE" },
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
      greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
    });
  });

  it("keeps members of a structure that no field shows", () => {
    const group: DeploymentGroupInfo = {
      ...HOSTS,
      loadBalancerInfo: {
        ...HOSTS.loadBalancerInfo,
        targetGroupPairInfoList: SERVICE.loadBalancerInfo!.targetGroupPairInfoList,
      },
    };
    const input = update(group, "Server", () => ({ balancers: { loadBalancers: ["elb"], targetGroups: [] } }));
    expect(input?.loadBalancerInfo).toEqual({
      elbInfoList: [{ name: "elb" }],
      targetGroupInfoList: [],
      targetGroupPairInfoList: SERVICE.loadBalancerInfo!.targetGroupPairInfoList,
    });
  });
});

describe("a new group", () => {
  it("of hosts has no member that says nothing", () => {
    const form = { ...newGroupForm("Server", "111122223333"), name: "prod" };
    expect(createGroupInput("web", form, "Server")).toEqual({
      applicationName: "web",
      deploymentGroupName: "prod",
      serviceRoleArn: ROLE,
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      outdatedInstancesStrategy: "UPDATE",
    });
  });

  it("of each platform passes the API's checks as it is, once it is named and its service is", () => {
    for (const platform of ["Server", "Lambda"] as const) {
      const form = { ...newGroupForm(platform, "111122223333"), name: "prod" };
      expect(groupProblems(form, platform, undefined, DEFAULT_SERVICE_LIMITS), platform).toEqual({});
    }
    const { service, pair } = formOf(SERVICE);
    const form = { ...newGroupForm("ECS", "111122223333"), name: "prod", service, pair };
    expect(groupProblems(form, "ECS", undefined, DEFAULT_SERVICE_LIMITS)).toEqual({});
    expect(writtenFields(form, "ECS")).toMatchObject({ ecsServices: [{ clusterName: "c", serviceName: "s" }] });
  });

  it("may have as much as this server allows, and no more", () => {
    const names = Array.from({ length: 12 }, (_, index) => `trigger-${index}`);
    const form: GroupForm = {
      ...newGroupForm("Server", "111122223333"),
      name: "prod",
      triggers: names.map((name) => ({
        name,
        topicArn: "arn:aws:sns:us-east-1:111122223333:topic",
        events: ["DeploymentFailure"],
      })),
    };
    const problems = (triggersPerGroup: number) =>
      groupProblems(form, "Server", undefined, { ...DEFAULT_SERVICE_LIMITS, triggersPerGroup });
    expect(problems(12)).toEqual({});
    expect(problems(11).triggers).toContain("raise limits.triggersPerGroup in sluice.yml");
  });

  it("says at each part of the form what the API would refuse", () => {
    const form: GroupForm = {
      ...newGroupForm("Server", "111122223333"),
      name: "a b",
      serviceRoleArn: "role",
      triggers: [{ name: "", topicArn: "", events: [] }],
      alarms: { isEnabled: true, ignoresPollFailure: false, names: [] },
      ec2: { lists: [[{ key: "", value: "x", type: "KEY_ONLY" }]], isSet: false },
      tags: [{ key: "aws:x", value: "" }],
    };
    const problems = groupProblems(
      { ...form, style: { ...form.style, hasTrafficControl: true } },
      "Server",
      undefined,
      DEFAULT_SERVICE_LIMITS,
    );
    expect(Object.keys(problems).sort()).toEqual(["alarms", "ec2", "name", "serviceRole", "tags", "triggers"].sort());
    expect(problems.name).toContain('deploymentGroupName "a b"');
    expect(
      groupProblems(
        { ...form, ec2: { lists: [], isSet: false }, style: { ...form.style, hasTrafficControl: true } },
        "Server",
        undefined,
        DEFAULT_SERVICE_LIMITS,
      ),
    ).toHaveProperty("balancers");
  });
});

describe("Sluice's own settings", () => {
  it("are sent where they differ, and only those of the platform", () => {
    const { settings } = newGroupForm("Server", "1");
    expect(putSettingsInput("a", "g", settings, "Server")).toBeNull();
    const all = { deployToLateHosts: true, hookTimeoutSeconds: "600", hookMustAnswer: true, failEarly: false };
    expect(putSettingsInput("a", "g", all, "Server")).toEqual({
      applicationName: "a",
      deploymentGroupName: "g",
      deployToLateHosts: true,
    });
    expect(putSettingsInput("a", "g", all, "Lambda")).toMatchObject({ hookTimeoutSeconds: 600, hookMustAnswer: true });
    expect(putSettingsInput("a", "g", all, "Lambda")).not.toHaveProperty("failEarly");
    expect(putSettingsInput("a", "g", all, "ECS", { ...all, failEarly: true })).toMatchObject({ failEarly: false });
  });
});

describe("fieldOfFault", () => {
  it("finds the part of the form that an error is about", () => {
    expect(fieldOfFault("DeploymentGroupAlreadyExistsException", "Server")).toBe("name");
    expect(fieldOfFault("InvalidLoadBalancerInfoException", "ECS")).toBe("pair");
    expect(fieldOfFault("InvalidLoadBalancerInfoException", "Server")).toBe("balancers");
    expect(fieldOfFault("ServiceUnavailableException", "Server")).toBeUndefined();
  });
});
