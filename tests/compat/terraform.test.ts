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
  type DeploymentGroupInfo,
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
import { CodeDeploy } from "../e2e/code-deploy.ts";
import { type SluiceServer, startSluiceServer } from "../e2e/sluice-server.ts";
import { ROLE } from "./codedeploy-sdk.ts";

/**
 * What Terraform's aws_codedeploy_app, _deployment_config and _deployment_group call, in their order: after each change they read, and
 * every difference between what was asked for and what is read is a drift, which a plan shows for ever.
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
})[] = [
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
  const { name: deploymentConfigName, ...fields } = asked;
  const read = () => client.send(new GetDeploymentConfigCommand({ deploymentConfigName }));
  const { deploymentConfigId } = await client.send(
    new CreateDeploymentConfigCommand({ deploymentConfigName, ...fields }),
  );
  const { deploymentConfigInfo: first } = await read();
  const { createTime, ...described } = first ?? {};
  expect(createTime).toBeInstanceOf(Date);
  expect(described).toEqual({ deploymentConfigId, deploymentConfigName, ...fields });
  expect((await read()).deploymentConfigInfo).toEqual(first);
  await client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName }));
  await expect(read()).rejects.toMatchObject({ name: "DeploymentConfigDoesNotExistException" });
});

/** What a resource asks for; Terraform takes what is absent, empty and false for the same. */
function describeGroup(info: DeploymentGroupInfo | Partial<CreateDeploymentGroupCommandInput> | undefined): unknown {
  const fields = [
    ...(["deploymentConfigName", "serviceRoleArn", "ec2TagFilters", "onPremisesInstanceTagFilters"] as const),
    ...(["autoScalingGroups", "triggerConfigurations", "alarmConfiguration", "autoRollbackConfiguration"] as const),
    ...(["outdatedInstancesStrategy", "deploymentStyle", "blueGreenDeploymentConfiguration"] as const),
    ...(["loadBalancerInfo", "ec2TagSet", "ecsServices", "terminationHookEnabled"] as const),
  ];
  return withoutNothing(Object.fromEntries(fields.map((field) => [field, info?.[field]]))) ?? {};
}

function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => withoutNothing(item) ?? {});
  if (typeof value === "object" && value !== null) {
    const kept = Object.entries(value).flatMap(([name, member]) => {
      const left = withoutNothing(member);
      return left === undefined ? [] : [[name, left] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  return value === false || value === "" || value === null ? undefined : value;
}

type GroupFields = Partial<CreateDeploymentGroupCommandInput> & { readonly serviceRoleArn: string };

const defaults = {
  deploymentConfigName: "CodeDeployDefault.OneAtATime",
  serviceRoleArn: ROLE,
  outdatedInstancesStrategy: "UPDATE",
} as const;
const inPlace = { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } as const;

const groups: readonly {
  readonly name: string;
  readonly asked: GroupFields;
  readonly update: Partial<UpdateDeploymentGroupCommandInput>;
  /** What a read has to give after the update. */
  readonly updated: GroupFields;
}[] = [
  {
    name: "filters, triggers, alarms and rollback, all taken away again",
    asked: {
      ...defaults,
      deploymentStyle: inPlace,
      ec2TagFilters: [
        { Key: "env", Type: "KEY_AND_VALUE", Value: "prod" },
        { Key: "role", Type: "KEY_ONLY" },
        { Type: "VALUE_ONLY", Value: "web" },
      ],
      onPremisesInstanceTagFilters: [{ Key: "rack", Type: "KEY_ONLY" }],
      triggerConfigurations: [
        {
          triggerName: "t",
          triggerEvents: ["DeploymentFailure"],
          triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:t",
        },
      ],
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: "alarm" }] },
    },
    update: {
      ec2TagFilters: [],
      onPremisesInstanceTagFilters: [],
      triggerConfigurations: [],
      autoRollbackConfiguration: { enabled: false, events: [] },
      alarmConfiguration: { enabled: false, alarms: [] },
    },
    updated: { ...defaults, deploymentStyle: inPlace },
  },
  {
    name: "a tag set, changed and emptied",
    asked: {
      ...defaults,
      deploymentStyle: inPlace,
      ec2TagSet: { ec2TagSetList: [[{ Key: "a", Value: "b", Type: "KEY_AND_VALUE" }]] },
    },
    update: { ec2TagSet: { ec2TagSetList: [] }, outdatedInstancesStrategy: "IGNORE" },
    updated: { ...defaults, deploymentStyle: inPlace, outdatedInstancesStrategy: "IGNORE" },
  },
  {
    name: "traffic control by target groups and Auto Scaling groups, then another target group",
    asked: {
      ...defaults,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { targetGroupInfoList: [{ name: "tg-1" }] },
      autoScalingGroups: [],
    },
    update: { loadBalancerInfo: { targetGroupInfoList: [{ name: "tg-2" }] } },
    updated: {
      ...defaults,
      deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { targetGroupInfoList: [{ name: "tg-2" }] },
    },
  },
  {
    name: "blue/green, with another wait",
    asked: {
      ...defaults,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { elbInfoList: [{ name: "elb" }] },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
        greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE" },
      },
    },
    update: {
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
      },
    },
    updated: {
      ...defaults,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      loadBalancerInfo: { elbInfoList: [{ name: "elb" }] },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 5 },
      },
    },
  },
];

describe("aws_codedeploy_deployment_group: create, read, read, update, rename, retag, read, delete, read", () => {
  it.each(groups)("$name", async ({ asked, update, updated }) => {
    const read = async (deploymentGroupName: string) => {
      const where = { applicationName: APPLICATION, deploymentGroupName };
      return (await client.send(new GetDeploymentGroupCommand(where))).deploymentGroupInfo;
    };
    const { deploymentGroupId } = await client.send(
      new CreateDeploymentGroupCommand({
        applicationName: APPLICATION,
        deploymentGroupName: "tf",
        tags: [{ Key: "a", Value: "1" }],
        ...asked,
      }),
    );
    const first = await read("tf");
    expect(first?.deploymentGroupId).toBe(deploymentGroupId);
    expect(first?.computePlatform).toBe("Server");
    expect(describeGroup(first)).toEqual(describeGroup(asked));
    expect(await read("tf")).toEqual(first);
    expect(await tagsOf(`deploymentgroup:${APPLICATION}/tf`)).toEqual({ a: "1" });

    await client.send(
      new UpdateDeploymentGroupCommand({
        applicationName: APPLICATION,
        currentDeploymentGroupName: "tf",
        newDeploymentGroupName: "tf-2",
        serviceRoleArn: ROLE,
        ...update,
      }),
    );
    const ResourceArn = `${ARN}:deploymentgroup:${APPLICATION}/tf-2`;
    await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "a", Value: "2" }] }));
    const second = await read("tf-2");
    expect(second?.deploymentGroupId).toBe(deploymentGroupId);
    expect(describeGroup(second)).toEqual(describeGroup(updated));
    expect(await tagsOf(`deploymentgroup:${APPLICATION}/tf-2`)).toEqual({ a: "2" });

    const where = { applicationName: APPLICATION, deploymentGroupName: "tf-2" };
    const deleted = await client.send(new DeleteDeploymentGroupCommand(where));
    expect(deleted.hooksNotCleanedUp ?? []).toEqual([]);
    await expect(read("tf-2")).rejects.toMatchObject({ name: "DeploymentGroupDoesNotExistException" });
  });
});
