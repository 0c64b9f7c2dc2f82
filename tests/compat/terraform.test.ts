import {
  type CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentConfigCommand,
  type CreateDeploymentConfigCommandInput,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  DeleteDeploymentGroupCommand,
  GetApplicationCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApplicationCommand,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { ROLE } from "./codedeploy-sdk.fixture.ts";

/**
 * What Terraform's aws_codedeploy_app, _deployment_config and _deployment_group call, in their order: after each change they read, and
 * every difference between what was asked for and what is read is a drift, which a plan shows for ever. With the provider itself, where it
 * is installed: terraform-provider.test.ts.
 */
const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
const APPLICATION = "terraform";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let client: CodeDeployClient;

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server, APPLICATION);
  client = codeDeploy.client;
});

afterAll(async () => {
  codeDeploy.close();
  await server.close();
});

async function tagsOf(resource: string): Promise<Record<string, string>> {
  const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceArn: `${ARN}:${resource}` }));
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

it("aws_codedeploy_app: create, read, rename, retag, delete, read", async () => {
  const tags = [
    { Key: "Name", Value: "shop" },
    { Key: "empty", Value: "" },
  ];
  const created = await client.send(
    new CreateApplicationCommand({ applicationName: "tf-app", computePlatform: "Server", tags }),
  );
  const read = (applicationName: string) => client.send(new GetApplicationCommand({ applicationName }));
  const first = (await read("tf-app")).application;
  expect(first).toMatchObject({
    applicationId: created.applicationId,
    computePlatform: "Server",
    linkedToGitHub: false,
  });
  expect(await tagsOf("application:tf-app")).toEqual({ Name: "shop", empty: "" });

  await client.send(new UpdateApplicationCommand({ applicationName: "tf-app", newApplicationName: "tf-app-2" }));
  const ResourceArn = `${ARN}:application:tf-app-2`;
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["empty"] }));
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "Name", Value: "store" }] }));
  expect((await read("tf-app-2")).application).toEqual({ ...first, applicationName: "tf-app-2" });
  expect(await tagsOf("application:tf-app-2")).toEqual({ Name: "store" });

  await client.send(new DeleteApplicationCommand({ applicationName: "tf-app-2" }));
  await expect(read("tf-app-2")).rejects.toMatchObject({ name: "ApplicationDoesNotExistException" });
});

const configs: readonly (Omit<CreateDeploymentConfigCommandInput, "deploymentConfigName"> & {
  readonly name: string;
  /** What it is read back as, where that is more than what is sent: the SDK for Go leaves a zero out. */
  readonly reads?: object;
})[] = [
  {
    name: "tf-none",
    computePlatform: "Server",
    minimumHealthyHosts: { type: "HOST_COUNT" } as { type: "HOST_COUNT"; value: number },
    zonalConfig: { minimumHealthyHostsPerZone: { type: "FLEET_PERCENT" } as { type: "FLEET_PERCENT"; value: number } },
    reads: {
      minimumHealthyHosts: { type: "HOST_COUNT", value: 0 },
      zonalConfig: { minimumHealthyHostsPerZone: { type: "FLEET_PERCENT", value: 0 } },
    },
  },
  { name: "tf-at-once", computePlatform: "ECS", trafficRoutingConfig: { type: "AllAtOnce" } },
  { name: "tf-hosts", computePlatform: "Server", minimumHealthyHosts: { type: "HOST_COUNT", value: 2 } },
  { name: "tf-percent", computePlatform: "Server", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 90 } },
  {
    name: "tf-zones",
    computePlatform: "Server",
    minimumHealthyHosts: { type: "HOST_COUNT", value: 1 },
    zonalConfig: {
      firstZoneMonitorDurationInSeconds: 60,
      minimumHealthyHostsPerZone: { type: "HOST_COUNT", value: 1 },
      monitorDurationInSeconds: 30,
    },
  },
  {
    name: "tf-linear",
    computePlatform: "Lambda",
    trafficRoutingConfig: {
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 10, linearInterval: 5 },
    },
  },
  {
    name: "tf-canary",
    computePlatform: "ECS",
    trafficRoutingConfig: {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: 20, canaryInterval: 10 },
    },
  },
];

it.each(configs)("aws_codedeploy_deployment_config $name: create, read, read, delete, read", async (asked) => {
  const { name: deploymentConfigName, reads = {}, ...fields } = asked;
  const read = () => client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
  const { deploymentConfigId } = await client.send(
    new CreateDeploymentConfigCommand({ deploymentConfigName, ...fields }),
  );
  const { deploymentConfigInfo: first } = await read();
  const { createTime, ...described } = first ?? {};
  expect(createTime).toBeInstanceOf(Date);
  expect(described).toEqual({ deploymentConfigId, deploymentConfigName, ...fields, ...reads });
  expect((await read()).deploymentConfigInfo).toEqual(first);
  await client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName }));
  await expect(read()).rejects.toMatchObject({ name: "DeploymentConfigDoesNotExistException" });
});

/** What a group reads as of which nothing but a configuration and a role was said. Compared exactly: absent and empty are not the same. */
const PLAIN = {
  computePlatform: "Server",
  deploymentConfigName: "CodeDeployDefault.OneAtATime",
  serviceRoleArn: ROLE,
  autoScalingGroups: [],
  ec2TagFilters: [],
  onPremisesInstanceTagFilters: [],
  triggerConfigurations: [],
  alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
  deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" },
  outdatedInstancesStrategy: "UPDATE",
  terminationHookEnabled: false,
};

/** What the provider sends whatever the resource says. */
const ALWAYS = { deploymentConfigName: PLAIN.deploymentConfigName, outdatedInstancesStrategy: "UPDATE" } as const;
const IN_PLACE = { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } as const;
const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
const FILTER = { Key: "env", Type: "KEY_AND_VALUE", Value: "prod" } as const;
const KEY_ONLY = { Key: "env", Type: "KEY_ONLY", Value: "" } as const;
const VALUE_ONLY = { Key: "", Type: "VALUE_ONLY", Value: "prod" } as const;
const OTHER_ROLE = "arn:aws:iam::111122223333:role/OtherServiceRole";
const TRIGGER = {
  triggerName: "t",
  triggerEvents: ["DeploymentFailure" as const],
  triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:t",
};
const BLUE_GREEN = {
  deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
  greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
  terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 120 },
} as const;
/** The provider sends 0 for minutes that the resource does not give. */
const BLUE_GREEN_UPDATED = {
  deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
  greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
  terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE", terminationWaitTimeInMinutes: 0 },
} as const;

interface Step {
  readonly sends: Partial<Omit<UpdateDeploymentGroupCommandInput, "applicationName">>;
  /** Beside what a plain group reads as; undefined: absent. */
  readonly reads: Readonly<Record<string, unknown>>;
}

/** A block that is added, changed and removed; the first step is the group's creation. */
const groups: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  {
    name: "filters",
    steps: [
      { sends: { ec2TagFilters: [FILTER] }, reads: { ec2TagFilters: [FILTER] } },
      {
        sends: { ec2TagFilters: [{ ...FILTER, Value: "" }] },
        reads: { ec2TagFilters: [{ ...FILTER, Value: "" }] },
      },
      { sends: { ec2TagFilters: [] }, reads: {} },
    ],
  },
  {
    name: "filters on premises",
    steps: [
      {
        sends: { onPremisesInstanceTagFilters: [FILTER] },
        reads: { onPremisesInstanceTagFilters: [FILTER] },
      },
      { sends: { onPremisesInstanceTagFilters: [] }, reads: {} },
    ],
  },
  {
    name: "a tag set, then filters in its place",
    steps: [
      {
        sends: { ec2TagSet: { ec2TagSetList: [[FILTER]] } },
        reads: { ec2TagFilters: undefined, ec2TagSet: { ec2TagSetList: [[FILTER]] } },
      },
      {
        sends: { ec2TagSet: { ec2TagSetList: [] }, ec2TagFilters: [FILTER] },
        reads: { ec2TagFilters: [FILTER] },
      },
      {
        sends: { ec2TagSet: { ec2TagSetList: [[FILTER]] }, ec2TagFilters: [] },
        reads: { ec2TagFilters: undefined, ec2TagSet: { ec2TagSetList: [[FILTER]] } },
      },
      {
        sends: { ec2TagSet: { ec2TagSetList: [] } },
        reads: { ec2TagFilters: undefined, ec2TagSet: { ec2TagSetList: [] } },
      },
    ],
  },
  {
    name: "filters by a key alone and by a value alone: the other half is sent as an empty text",
    steps: [
      { sends: { ec2TagFilters: [KEY_ONLY] }, reads: { ec2TagFilters: [KEY_ONLY] } },
      {
        sends: { ec2TagFilters: [VALUE_ONLY], onPremisesInstanceTagFilters: [KEY_ONLY, VALUE_ONLY] },
        reads: { ec2TagFilters: [VALUE_ONLY], onPremisesInstanceTagFilters: [KEY_ONLY, VALUE_ONLY] },
      },
      { sends: { ec2TagFilters: [], onPremisesInstanceTagFilters: [] }, reads: {} },
    ],
  },
  {
    name: "another role and configuration, and back",
    steps: [
      { sends: {}, reads: {} },
      {
        sends: { serviceRoleArn: OTHER_ROLE, deploymentConfigName: "CodeDeployDefault.HalfAtATime" },
        reads: { serviceRoleArn: OTHER_ROLE, deploymentConfigName: "CodeDeployDefault.HalfAtATime" },
      },
      { sends: { ...ALWAYS }, reads: {} },
    ],
  },
  {
    name: "triggers",
    steps: [
      { sends: { triggerConfigurations: [TRIGGER] }, reads: { triggerConfigurations: [TRIGGER] } },
      { sends: { triggerConfigurations: [] }, reads: {} },
    ],
  },
  {
    name: "automatic rollback, switched off, then taken away",
    steps: [
      {
        sends: { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } },
        reads: { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } },
      },
      {
        sends: { autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] } },
        reads: { autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] } },
      },
      {
        sends: { autoRollbackConfiguration: { enabled: false, events: [] } },
        reads: { autoRollbackConfiguration: { enabled: false, events: [] } },
      },
    ],
  },
  {
    name: "alarms, changed, then taken away",
    steps: [
      {
        sends: { alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: "a" }] } },
        reads: { alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: "a" }] } },
      },
      {
        sends: {
          alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: "a" }, { name: "b" }] },
        },
        reads: {
          alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: "a" }, { name: "b" }] },
        },
      },
      { sends: { alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] } }, reads: {} },
    ],
  },
  {
    name: "a load balancer, another one, then none",
    steps: [
      {
        sends: { loadBalancerInfo: { elbInfoList: [{ name: "a" }] } },
        reads: { loadBalancerInfo: { elbInfoList: [{ name: "a" }] } },
      },
      {
        sends: { loadBalancerInfo: { elbInfoList: [{ name: "b" }] } },
        reads: { loadBalancerInfo: { elbInfoList: [{ name: "b" }] } },
      },
      { sends: { loadBalancerInfo: {} }, reads: {} },
    ],
  },
  {
    name: "a target group, then a load balancer, then none",
    steps: [
      {
        sends: { loadBalancerInfo: { targetGroupInfoList: [{ name: "a" }] } },
        reads: { loadBalancerInfo: { targetGroupInfoList: [{ name: "a" }] } },
      },
      {
        sends: { loadBalancerInfo: { elbInfoList: [{ name: "b" }] } },
        reads: { loadBalancerInfo: { elbInfoList: [{ name: "b" }] } },
      },
      { sends: { loadBalancerInfo: {} }, reads: {} },
    ],
  },
  {
    name: "a style with traffic control, then the default again",
    steps: [
      {
        sends: { deploymentStyle: SHIFTING, loadBalancerInfo: { elbInfoList: [{ name: "a" }] } },
        reads: { deploymentStyle: SHIFTING, loadBalancerInfo: { elbInfoList: [{ name: "a" }] } },
      },
      { sends: { deploymentStyle: IN_PLACE, loadBalancerInfo: {} }, reads: {} },
    ],
  },
  {
    name: "blue/green, with other options, then in place: the options stay, as at AWS",
    steps: [
      {
        sends: {
          deploymentStyle: SHIFTING,
          loadBalancerInfo: { elbInfoList: [{ name: "a" }] },
          blueGreenDeploymentConfiguration: BLUE_GREEN,
        },
        reads: {
          deploymentStyle: SHIFTING,
          loadBalancerInfo: { elbInfoList: [{ name: "a" }] },
          blueGreenDeploymentConfiguration: BLUE_GREEN,
        },
      },
      {
        sends: { autoScalingGroups: [], blueGreenDeploymentConfiguration: BLUE_GREEN_UPDATED },
        reads: {
          deploymentStyle: SHIFTING,
          loadBalancerInfo: { elbInfoList: [{ name: "a" }] },
          blueGreenDeploymentConfiguration: BLUE_GREEN_UPDATED,
        },
      },
      {
        sends: { deploymentStyle: IN_PLACE, loadBalancerInfo: {} },
        reads: { blueGreenDeploymentConfiguration: BLUE_GREEN_UPDATED },
      },
    ],
  },
  {
    name: "Auto Scaling groups, and what concerns them",
    steps: [
      {
        sends: { autoScalingGroups: ["asg"], outdatedInstancesStrategy: "IGNORE", terminationHookEnabled: true },
        reads: {
          autoScalingGroups: [{ name: "asg" }],
          outdatedInstancesStrategy: "IGNORE",
          terminationHookEnabled: true,
        },
      },
      {
        sends: { autoScalingGroups: [], outdatedInstancesStrategy: "UPDATE", terminationHookEnabled: false },
        reads: {},
      },
    ],
  },
];

describe("aws_codedeploy_deployment_group: create, read, update, read, …, rename, retag, read, delete, read", () => {
  it.each(groups)("$name", async ({ steps }) => {
    const read = async (deploymentGroupName: string) => {
      const where = { applicationName: APPLICATION, deploymentGroupName };
      return (await client.send(new GetDeploymentGroupCommand(where))).deploymentGroupInfo;
    };
    const expected = (reads: Step["reads"], deploymentGroupName = "tf") => ({
      ...PLAIN,
      applicationName: APPLICATION,
      deploymentGroupName,
      deploymentGroupId,
      ...reads,
    });
    const [first, ...updates] = steps;
    const { deploymentGroupId } = await client.send(
      new CreateDeploymentGroupCommand({
        applicationName: APPLICATION,
        deploymentGroupName: "tf",
        serviceRoleArn: ROLE,
        tags: [{ Key: "a", Value: "1" }],
        ...ALWAYS,
        ...(first?.sends as Partial<CreateDeploymentGroupCommandInput>),
      }),
    );
    expect(await read("tf")).toEqual(expected(first?.reads ?? {}));
    expect(await tagsOf(`deploymentgroup:${APPLICATION}/tf`)).toEqual({ a: "1" });

    const change = { applicationName: APPLICATION, currentDeploymentGroupName: "tf", serviceRoleArn: ROLE };
    for (const { sends, reads } of updates) {
      await client.send(new UpdateDeploymentGroupCommand({ ...change, ...sends }));
      expect(await read("tf")).toEqual(expected(reads));
    }
    const last = steps.at(-1)?.reads ?? {};
    await client.send(new UpdateDeploymentGroupCommand({ ...change, newDeploymentGroupName: "tf-2" }));
    const ResourceArn = `${ARN}:deploymentgroup:${APPLICATION}/tf-2`;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "a", Value: "2" }] }));
    expect(await read("tf-2")).toEqual(expected(last, "tf-2"));
    expect(await tagsOf(`deploymentgroup:${APPLICATION}/tf-2`)).toEqual({ a: "2" });

    const where = { applicationName: APPLICATION, deploymentGroupName: "tf-2" };
    const deleted = await client.send(new DeleteDeploymentGroupCommand(where));
    expect(deleted.hooksNotCleanedUp ?? []).toEqual([]);
    await expect(read("tf-2")).rejects.toMatchObject({ name: "DeploymentGroupDoesNotExistException" });
  });
});

describe("aws_codedeploy_deployment_group of ECS", () => {
  const listener = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/a/b/${name}`;
  const pair = (...targetGroups: readonly string[]) => ({
    targetGroups: targetGroups.map((name) => ({ name })),
    prodTrafficRoute: { listenerArns: [listener("prod")] },
  });
  const where = { applicationName: "tf-ecs", deploymentGroupName: "tf" };
  const change = { applicationName: "tf-ecs", currentDeploymentGroupName: "tf", serviceRoleArn: ROLE };
  const waits = (ready: number, end: number) => ({
    deploymentReadyOption: {
      actionOnTimeout: ready === 0 ? ("CONTINUE_DEPLOYMENT" as const) : ("STOP_DEPLOYMENT" as const),
      waitTimeInMinutes: ready,
    },
    terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE" as const, terminationWaitTimeInMinutes: end },
  });
  const tested = { ...pair("blue", "green"), testTrafficRoute: { listenerArns: [listener("test")] } };
  const steps: readonly Partial<UpdateDeploymentGroupCommandInput>[] = [
    {
      loadBalancerInfo: { targetGroupPairInfoList: [tested] },
      blueGreenDeploymentConfiguration: waits(30, 60),
    },
    { loadBalancerInfo: { targetGroupPairInfoList: [pair("green", "blue")] } },
    { ecsServices: [{ clusterName: "c", serviceName: "other" }], blueGreenDeploymentConfiguration: waits(0, 0) },
  ];

  it("create, read, a test listener, none, another service, delete", async () => {
    await client.send(new CreateApplicationCommand({ applicationName: "tf-ecs", computePlatform: "ECS" }));
    const made = {
      serviceRoleArn: ROLE,
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      deploymentStyle: SHIFTING,
      ecsServices: [{ clusterName: "c", serviceName: "s" }],
      loadBalancerInfo: { targetGroupPairInfoList: [pair("blue", "green")] },
      blueGreenDeploymentConfiguration: waits(0, 5),
    };
    await client.send(new CreateDeploymentGroupCommand({ ...where, ...made }));
    const read = async () => (await client.send(new GetDeploymentGroupCommand(where))).deploymentGroupInfo;
    const first = await read();
    expect(first).toMatchObject({ ...made, computePlatform: "ECS" });
    let expected = { ...first };
    for (const sends of steps) {
      await client.send(new UpdateDeploymentGroupCommand({ ...change, ...sends }));
      expected = { ...expected, ...sends } as typeof expected;
      expect(await read()).toEqual(expected);
    }
    await client.send(new DeleteDeploymentGroupCommand(where));
  });
});
