import type { CreateDeploymentGroupInput, UpdateDeploymentGroupInput } from "@aws-sdk/client-codedeploy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  endDeployment,
  ROLE_ARN,
  S3_REVISION,
  START,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "../codedeploy.fixture.ts";

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
});
afterEach(() => codeDeploy.close());

const NAMES = { applicationName: "MyWebApp", deploymentGroupName: "prod" };
const get = async () => (await codeDeploy.call("GetDeploymentGroup", NAMES)).deploymentGroupInfo;
const update = (change: Partial<UpdateDeploymentGroupInput>) =>
  codeDeploy.call("UpdateDeploymentGroup", {
    applicationName: "MyWebApp",
    currentDeploymentGroupName: "prod",
    ...change,
  });

/** Every field that a Server group has, as Terraform would write it. */
const FULL = {
  deploymentConfigName: "CodeDeployDefault.HalfAtATime",
  onPremisesTagSet: { onPremisesTagSetList: [[{ Key: "Name", Value: "x", Type: "KEY_AND_VALUE" }]] },
  triggerConfigurations: [
    {
      triggerName: "to-chat",
      triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:chat",
      triggerEvents: ["InstanceFailure", "DeploymentFailure"],
    },
  ],
  alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: "b" }, { name: "a" }] },
  autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  outdatedInstancesStrategy: "IGNORE",
  deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  loadBalancerInfo: { targetGroupInfoList: [{ name: "blue" }] },
  terminationHookEnabled: true,
} as const satisfies Partial<Record<keyof CreateDeploymentGroupInput, unknown>>;

/** A group of which nothing but names and role was ever said. */
const PLAIN = {
  ...NAMES,
  deploymentConfigName: "CodeDeployDefault.OneAtATime",
  computePlatform: "Server",
  serviceRoleArn: ROLE_ARN,
  ec2TagFilters: [],
  onPremisesInstanceTagFilters: [],
  triggerConfigurations: [],
  alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
  autoScalingGroups: [],
  deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
  outdatedInstancesStrategy: "UPDATE",
  terminationHookEnabled: false,
};
const NO_FILTERS = { ec2TagFilters: undefined };
const FILTER = { Key: "a", Value: "b", Type: "KEY_AND_VALUE" as const };

/** Every structure and list, empty and in part: what is asked for, and what differs in the reading from a plain group. */
const SHOWN: readonly (readonly [string, Partial<UpdateDeploymentGroupInput>, object])[] = [
  ["no filter", { ec2TagFilters: [] }, {}],
  ["a filter", { ec2TagFilters: [FILTER] }, { ec2TagFilters: [FILTER] }],
  ["an empty tag set", { ec2TagSet: { ec2TagSetList: [] } }, { ...NO_FILTERS, ec2TagSet: { ec2TagSetList: [] } }],
  [
    "a tag set",
    { ec2TagSet: { ec2TagSetList: [[FILTER]] } },
    { ...NO_FILTERS, ec2TagSet: { ec2TagSetList: [[FILTER]] } },
  ],
  [
    "a filter beside an empty tag set",
    { ec2TagFilters: [FILTER], ec2TagSet: { ec2TagSetList: [] } },
    { ec2TagFilters: [FILTER] },
  ],
  ["no filter on premises", { onPremisesInstanceTagFilters: [] }, {}],
  [
    "an empty tag set on premises",
    { onPremisesTagSet: { onPremisesTagSetList: [] } },
    { onPremisesInstanceTagFilters: undefined, onPremisesTagSet: { onPremisesTagSetList: [] } },
  ],
  ["no Auto Scaling group", { autoScalingGroups: [] }, {}],
  ["no trigger", { triggerConfigurations: [] }, {}],
  ["an empty alarm configuration", { alarmConfiguration: {} }, {}],
  ["alarms switched off", { alarmConfiguration: { enabled: false, alarms: [] } }, {}],
  [
    "alarms without the rest",
    { alarmConfiguration: { enabled: true, alarms: [{ name: "a" }] } },
    { alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: "a" }] } },
  ],
  [
    "an empty rollback configuration",
    { autoRollbackConfiguration: {} },
    { autoRollbackConfiguration: { enabled: false } },
  ],
  [
    "rollback switched off",
    { autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] } },
    { autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] } },
  ],
  ["no load balancer", { loadBalancerInfo: {} }, {}],
  ["empty lists of load balancers", { loadBalancerInfo: { elbInfoList: [], targetGroupInfoList: [] } }, {}],
  [
    "target groups beside an empty list",
    { loadBalancerInfo: { elbInfoList: [], targetGroupInfoList: [{ name: "t" }] } },
    { loadBalancerInfo: { targetGroupInfoList: [{ name: "t" }] } },
  ],
  ["no blue/green option", { blueGreenDeploymentConfiguration: {} }, {}],
  ["empty blue/green options", { blueGreenDeploymentConfiguration: { deploymentReadyOption: {} } }, {}],
  [
    "one blue/green option",
    {
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: {},
        greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
      },
    },
    { blueGreenDeploymentConfiguration: { greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" } } },
  ],
  ["no ECS service", { ecsServices: [] }, {}],
  [
    "the strategy for outdated instances",
    { outdatedInstancesStrategy: "IGNORE" },
    { outdatedInstancesStrategy: "IGNORE" },
  ],
  ["the termination hook", { terminationHookEnabled: true }, { terminationHookEnabled: true }],
];

/** What is sent has no undefined members. */
function withoutUndefined(value: object): object {
  return JSON.parse(JSON.stringify(value));
}

describe("CreateDeploymentGroup", () => {
  it("fills in what the service fills in, and nothing else", async () => {
    await withGroup(codeDeploy);
    expect(await get()).toEqual({
      ...PLAIN,
      deploymentGroupId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ec2TagFilters: [{ Key: "Environment", Value: "prod", Type: "KEY_AND_VALUE" }],
    });
  });

  it("returns every field as it was given", async () => {
    const fields = FULL as unknown as Partial<CreateDeploymentGroupInput>;
    await withGroup(codeDeploy, { ...fields, autoScalingGroups: ["asg-1", "asg-2"] });
    expect(await get()).toMatchObject({ ...FULL, autoScalingGroups: [{ name: "asg-1" }, { name: "asg-2" }] });
  });

  it.each(SHOWN)("shows %s as the service does", async (_, asked, shown) => {
    const without: Partial<CreateDeploymentGroupInput> = { ec2TagFilters: undefined };
    await withGroup(codeDeploy, { ...without, ...asked });
    const { deploymentGroupId: _id, ...created } = (await get()) ?? {};
    expect(withoutUndefined(created)).toStrictEqual(withoutUndefined({ ...PLAIN, ...shown }));
    // The same after an update that gives it, to a group that had none of it.
    await codeDeploy.call("DeleteDeploymentGroup", NAMES);
    await codeDeploy.call("CreateDeploymentGroup", { ...NAMES, serviceRoleArn: ROLE_ARN });
    await update(asked);
    const { deploymentGroupId: __, ...updated } = (await get()) ?? {};
    expect(withoutUndefined(updated)).toStrictEqual(withoutUndefined({ ...PLAIN, ...shown }));
  });

  it.each([
    ["no application", { applicationName: undefined }, "ApplicationNameRequiredException", /applicationName/],
    ["an unknown application", { applicationName: "x" }, "ApplicationDoesNotExistException", /name: x/],
    ["no group", { deploymentGroupName: "" }, "DeploymentGroupNameRequiredException", /deploymentGroupName/],
    ["a bad name", { deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException", /"a b"/],
    ["a name that is taken", { deploymentGroupName: "prod" }, "DeploymentGroupAlreadyExistsException", /prod/],
    ["no role", { serviceRoleArn: undefined }, "RoleRequiredException", /serviceRoleArn is missing/],
    ["no role's ARN", { serviceRoleArn: "role" }, "InvalidRoleException", /^Cannot assume role provided\. .*"role"/],
    ["an unknown configuration", { deploymentConfigName: "x" }, "DeploymentConfigDoesNotExistException", /name: x/],
    [
      "another platform's configuration",
      { deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce" },
      "InvalidDeploymentConfigNameException",
      /for the compute platform Lambda/,
    ],
    ["an empty filter", { ec2TagFilters: [{}] }, "InvalidEC2TagException", /ec2TagFilters\[0\]/],
    [
      "a foreign filter type",
      { ec2TagFilters: [{ Key: "a", Type: "LIKE" as "KEY_ONLY" }] },
      "InvalidEC2TagException",
      /"LIKE"/,
    ],
    [
      "eleven filters",
      { ec2TagFilters: Array.from({ length: 11 }, () => ({ Key: "a", Type: "KEY_ONLY" as const })) },
      "InvalidEC2TagException",
      /11 filters/,
    ],
    [
      "filters and a set",
      {
        ec2TagFilters: [{ Key: "a", Type: "KEY_ONLY" as const }],
        ec2TagSet: { ec2TagSetList: [[{ Key: "a", Type: "KEY_ONLY" as const }]] },
      },
      "InvalidEC2TagCombinationException",
      /one or the other/,
    ],
    [
      "filters and a set on premises",
      {
        onPremisesInstanceTagFilters: [{ Key: "a", Type: "KEY_ONLY" as const }],
        onPremisesTagSet: { onPremisesTagSetList: [[{ Key: "a", Type: "KEY_ONLY" as const }]] },
      },
      "InvalidOnPremisesTagCombinationException",
      /one or the other/,
    ],
    [
      "four lists in a set",
      { ec2TagSet: { ec2TagSetList: Array.from({ length: 4 }, () => [{ Key: "a", Type: "KEY_ONLY" as const }]) } },
      "TagSetListLimitExceededException",
      /4 lists: at most 3/,
    ],
    [
      "a trigger to nowhere",
      {
        triggerConfigurations: [
          { triggerName: "t", triggerTargetArn: "here", triggerEvents: ["DeploymentStart" as const] },
        ],
      },
      "InvalidTriggerConfigException",
      /Topic ARN "here"/,
    ],
    [
      "alarms without an alarm",
      { alarmConfiguration: { enabled: true, alarms: [] } },
      "InvalidAlarmConfigException",
      /no alarm/,
    ],
    [
      "an alarm twice",
      { alarmConfiguration: { enabled: true, alarms: [{ name: "a" }, { name: "a" }] } },
      "InvalidAlarmConfigException",
      /twice/,
    ],
    [
      "a rollback without an event",
      { autoRollbackConfiguration: { enabled: true } },
      "InvalidAutoRollbackConfigException",
      /no event/,
    ],
    [
      "a foreign type",
      {
        deploymentStyle: {
          deploymentType: "PURPLE" as "IN_PLACE",
          deploymentOption: "WITHOUT_TRAFFIC_CONTROL" as const,
        },
      },
      "InvalidDeploymentStyleException",
      /^Deployment type can only be IN_PLACE or BLUE_GREEN: deploymentStyle.deploymentType is "PURPLE"/,
    ],
    [
      "traffic control without a load balancer",
      { deploymentStyle: { deploymentType: "IN_PLACE" as const, deploymentOption: "WITH_TRAFFIC_CONTROL" as const } },
      "InvalidLoadBalancerInfoException",
      /^The specification for load balancing in the deployment group is invalid\./,
    ],
    [
      "a copy of two Auto Scaling groups",
      {
        autoScalingGroups: ["a", "b"],
        deploymentStyle: {
          deploymentType: "BLUE_GREEN" as const,
          deploymentOption: "WITHOUT_TRAFFIC_CONTROL" as const,
        },
        blueGreenDeploymentConfiguration: {
          greenFleetProvisioningOption: { action: "COPY_AUTO_SCALING_GROUP" as const },
        },
      },
      "InvalidBlueGreenDeploymentConfigurationException",
      /^Exactly one AutoScaling group must be specifed/,
    ],
    [
      "an endless wait",
      {
        blueGreenDeploymentConfiguration: {
          terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 2881 },
        },
      },
      "InvalidBlueGreenDeploymentConfigurationException",
      /2881: give 0 to 2880/,
    ],
    ["a bad tag", { tags: [{ Key: "" }] }, "InvalidTagsToAddException", /has no Key/],
  ])("refuses %s", async (_, change, code, message) => {
    await withGroup(codeDeploy);
    const input = {
      applicationName: "MyWebApp",
      deploymentGroupName: "next",
      serviceRoleArn: ROLE_ARN,
      ...change,
    } as CreateDeploymentGroupInput;
    await expect(codeDeploy.call("CreateDeploymentGroup", input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe("groups of other platforms", () => {
  const ecs = (deploymentGroupName: string): CreateDeploymentGroupInput => ({
    applicationName: "Containers",
    deploymentGroupName,
    serviceRoleArn: ROLE_ARN,
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
    },
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        { targetGroups: [{ name: "blue" }, { name: "green" }], prodTrafficRoute: { listenerArns: ["arn:l"] } },
      ],
    },
    ecsServices: [{ serviceName: "web", clusterName: "main" }],
  });
  beforeEach(() => codeDeploy.call("CreateApplication", { applicationName: "Containers", computePlatform: "ECS" }));

  it("take their platform from the application, with its default configuration", async () => {
    await codeDeploy.call("CreateDeploymentGroup", ecs("one"));
    const names = { applicationName: "Containers", deploymentGroupName: "one" };
    expect((await codeDeploy.call("GetDeploymentGroup", names)).deploymentGroupInfo).toMatchObject({
      computePlatform: "ECS",
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      ecsServices: [{ serviceName: "web", clusterName: "main" }],
    });
    await expect(codeDeploy.call("CreateDeploymentGroup", ecs("two"))).rejects.toMatchObject({
      code: "ECSServiceMappingLimitExceededException",
      message: expect.stringContaining("main:web belongs to the deployment group one"),
    });
  });

  it.each([
    [
      "deploymentStyle",
      "InvalidDeploymentStyleException",
      /^For ECS deployment, the deployment type must be BLUE_GREEN/,
    ],
    ["loadBalancerInfo", "InvalidLoadBalancerInfoException", /^For ECS deployment group, loadBalancerInfo must be/],
    [
      "blueGreenDeploymentConfiguration",
      "InvalidBlueGreenDeploymentConfigurationException",
      /must be specified: give /,
    ],
    ["ecsServices", "InvalidECSServiceException", /it holds 0/],
  ] as const)("need %s on ECS", async (member, code, message) => {
    const { [member]: _, ...input } = ecs("one");
    await expect(codeDeploy.call("CreateDeploymentGroup", input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("show their minutes, which clients add up", async () => {
    await codeDeploy.call("CreateDeploymentGroup", {
      ...ecs("one"),
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE" },
      },
    });
    const names = { applicationName: "Containers", deploymentGroupName: "one" };
    const { deploymentGroupInfo } = await codeDeploy.call("GetDeploymentGroup", names);
    expect(deploymentGroupInfo?.blueGreenDeploymentConfiguration).toEqual({
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
    });
  });
});

describe("UpdateDeploymentGroup", () => {
  it("keeps what is left out, replaces what is given and clears what is given empty", async () => {
    await withGroup(codeDeploy, {
      triggerConfigurations: [...FULL.triggerConfigurations] as never,
      autoScalingGroups: ["asg"],
      onPremisesInstanceTagFilters: [{ Key: "a", Type: "KEY_ONLY" }],
    });
    const before = await get();
    expect(
      await update({ autoScalingGroups: [], onPremisesInstanceTagFilters: [{ Key: "b", Type: "KEY_ONLY" }] }),
    ).toEqual({ hooksNotCleanedUp: [] });
    expect(await get()).toEqual({
      ...before,
      autoScalingGroups: [],
      onPremisesInstanceTagFilters: [{ Key: "b", Type: "KEY_ONLY" }],
    });
    await update({ triggerConfigurations: [], deploymentConfigName: "CodeDeployDefault.AllAtOnce" });
    expect(await get()).toMatchObject({
      triggerConfigurations: [],
      deploymentConfigName: "CodeDeployDefault.AllAtOnce",
    });
  });

  it("lets a tag set take the place of filters, and the other way round", async () => {
    await withGroup(codeDeploy);
    const ec2TagSet = { ec2TagSetList: [[{ Key: "a", Type: "KEY_ONLY" as const }]] };
    // As Terraform does it: the filters emptied in the same call.
    await update({ ec2TagFilters: [], ec2TagSet });
    expect(await get()).toMatchObject({ ec2TagSet });
    expect(await get()).not.toHaveProperty("ec2TagFilters");
    await update({ ec2TagFilters: [{ Key: "b", Type: "KEY_ONLY" }] });
    expect(await get()).toMatchObject({ ec2TagFilters: [{ Key: "b", Type: "KEY_ONLY" }] });
    expect(await get()).not.toHaveProperty("ec2TagSet");
    await update({ ec2TagSet });
    expect(await get()).toMatchObject({ ec2TagSet });
    await update({ ec2TagSet: { ec2TagSetList: [] } });
    expect(await get()).toMatchObject({ ec2TagSet: { ec2TagSetList: [] } });
  });

  it("checks the group as it would become", async () => {
    await withGroup(codeDeploy);
    await expect(
      update({ deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" } }),
    ).rejects.toMatchObject({
      code: "InvalidLoadBalancerInfoException",
    });
    await expect(update({ serviceRoleArn: "nobody" })).rejects.toMatchObject({ code: "InvalidRoleException" });
    await expect(update({ currentDeploymentGroupName: "x" })).rejects.toMatchObject({
      code: "DeploymentGroupDoesNotExistException",
      message: expect.stringMatching(/^No Deployment Group found for name: x/),
    });
  });

  it("renames, and the history follows", async () => {
    await withGroup(codeDeploy, { tags: [{ Key: "a", Value: "1" }] });
    const deploymentId = await withDeployment(codeDeploy);
    await update({ newDeploymentGroupName: "live" });
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
    expect(deploymentInfo?.deploymentGroupName).toBe("live");
    const ResourceArn = "arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:MyWebApp/live";
    expect((await codeDeploy.call("ListTagsForResource", { ResourceArn })).Tags).toEqual([{ Key: "a", Value: "1" }]);
    await codeDeploy.call("CreateDeploymentGroup", { ...NAMES, serviceRoleArn: ROLE_ARN });
    await expect(update({ newDeploymentGroupName: "live" })).rejects.toMatchObject({
      code: "DeploymentGroupAlreadyExistsException",
    });
  });
});

describe("reading groups", () => {
  it("shows the last deployments and the revision that the group has", async () => {
    await withGroup(codeDeploy);
    const succeeded = await withDeployment(codeDeploy);
    codeDeploy.clock.now = START + 5000;
    await endDeployment(codeDeploy, succeeded, "Succeeded");
    const failed = await withDeployment(codeDeploy);
    await endDeployment(codeDeploy, failed, "Failed");
    const endTime = new Date(START + 5000);
    expect(await get()).toMatchObject({
      targetRevision: S3_REVISION,
      lastSuccessfulDeployment: {
        deploymentId: succeeded,
        status: "Succeeded",
        createTime: new Date(START),
        endTime,
      },
      lastAttemptedDeployment: { deploymentId: failed, status: "Failed", createTime: endTime, endTime },
    });
  });

  it("lists names, and answers batches with what it knows", async () => {
    await withGroup(codeDeploy);
    await codeDeploy.call("CreateDeploymentGroup", {
      ...NAMES,
      deploymentGroupName: "beta",
      serviceRoleArn: ROLE_ARN,
    });
    expect(await codeDeploy.call("ListDeploymentGroups", { applicationName: "MyWebApp" })).toEqual({
      applicationName: "MyWebApp",
      deploymentGroups: ["beta", "prod"],
    });
    const batch = await codeDeploy.call("BatchGetDeploymentGroups", {
      applicationName: "MyWebApp",
      deploymentGroupNames: ["prod", "none", "beta"],
    });
    expect(batch.deploymentGroupsInfo?.map((info) => info.deploymentGroupName)).toEqual(["prod", "beta"]);
    expect(batch.errorMessage).toContain("No Deployment Group found for name: none");
  });

  it("forgets a deleted group with its history, and takes an unknown one for done", async () => {
    await withGroup(codeDeploy);
    const deploymentId = await withDeployment(codeDeploy);
    expect(await codeDeploy.call("DeleteDeploymentGroup", NAMES)).toEqual({ hooksNotCleanedUp: [] });
    await expect(get()).rejects.toMatchObject({ code: "DeploymentGroupDoesNotExistException" });
    await expect(codeDeploy.call("GetDeployment", { deploymentId })).rejects.toMatchObject({
      code: "DeploymentDoesNotExistException",
    });
    expect(await codeDeploy.call("DeleteDeploymentGroup", NAMES)).toEqual({ hooksNotCleanedUp: [] });
  });
});
