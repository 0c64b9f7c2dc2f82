import type { CreateDeploymentGroupInput } from "@aws-sdk/client-codedeploy";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROLE_ARN, type TestCodeDeploy, testCodeDeploy } from "../codedeploy.fixture.ts";

const NAMES = { applicationName: "Functions", deploymentGroupName: "live" };
const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await codeDeploy.call("CreateApplication", { applicationName: "Functions", computePlatform: "Lambda" });
});
afterEach(() => codeDeploy.close());

const create = (fields: Partial<CreateDeploymentGroupInput> = {}) =>
  codeDeploy.call("CreateDeploymentGroup", { ...NAMES, serviceRoleArn: ROLE_ARN, ...fields });
const read = async () => (await codeDeploy.call("GetDeploymentGroup", NAMES)).deploymentGroupInfo;

it("move traffic all at once where nothing else is said", async () => {
  await create();
  expect(await read()).toMatchObject({
    computePlatform: "Lambda",
    deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
    deploymentStyle: SHIFTING,
    alarmConfiguration: { enabled: false },
  });
});

it("have alarms, triggers and automatic rollbacks, and change them", async () => {
  const watches = {
    deploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
    deploymentStyle: SHIFTING,
    alarmConfiguration: { enabled: true, alarms: [{ name: "errors" }], ignorePollAlarmFailure: false },
    triggerConfigurations: [
      {
        triggerName: "end",
        triggerTargetArn: "arn:aws:sns:us-east-1:111122223333:deployments",
        triggerEvents: ["DeploymentSuccess" as const],
      },
    ],
    autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE" as const] },
  };
  await create(watches);
  expect(await read()).toMatchObject(watches);
  const change = {
    deploymentConfigName: "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    autoRollbackConfiguration: { enabled: false },
  };
  await codeDeploy.call("UpdateDeploymentGroup", {
    applicationName: "Functions",
    currentDeploymentGroupName: "live",
    ...change,
  });
  expect(await read()).toMatchObject({ ...watches, ...change });
});

it.each<[string, Partial<CreateDeploymentGroupInput>, string, RegExp]>([
  [
    "in place",
    { deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } },
    "InvalidDeploymentStyleException",
    /^For Lambda deployment, the deployment type must be BLUE_GREEN/,
  ],
  ["with hosts", { ec2TagFilters: [{ Key: "a" }] }, "InvalidEC2TagException", /ec2TagFilters can not be specified/],
  [
    "with a service",
    { ecsServices: [{ serviceName: "web", clusterName: "shop" }] },
    "InvalidECSServiceException",
    /Should not specify ECS services parameter for Lambda/,
  ],
  [
    "with a load balancer",
    { loadBalancerInfo: { targetGroupInfoList: [{ name: "tg" }] } },
    "InvalidLoadBalancerInfoException",
    /loadBalancerInfo can not be specified/,
  ],
  [
    "with waits",
    { blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT" } } },
    "InvalidBlueGreenDeploymentConfigurationException",
    /does not wait to be continued, and removes no version/,
  ],
  [
    "with a configuration of ECS",
    { deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" },
    "InvalidDeploymentConfigNameException",
    /Lambda/,
  ],
])("are not made %s", async (_, fields, code, message) => {
  await expect(create(fields)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
