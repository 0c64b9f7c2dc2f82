import type { CreateDeploymentGroupInput, CreateDeploymentInput } from "@aws-sdk/client-codedeploy";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  ROLE_ARN,
  S3_REVISION,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "./codedeploy.fixture.ts";

/**
 * What AWS CodeDeploy was seen to answer, in public issues, logs and guides, word for word. Scripts and tools look for these sentences: our
 * advice may follow one, and never takes its place. The source is beside each.
 */
interface Recorded<Name extends keyof CodeDeployOperations> {
  readonly operation: Name;
  readonly input: CodeDeployOperations[Name]["input"];
  readonly code: FaultCode;
  readonly text: string;
}

const SHIFTING = { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
const PAIR = {
  targetGroupPairInfoList: [
    { targetGroups: [{ name: "blue" }, { name: "green" }], prodTrafficRoute: { listenerArns: ["arn:l"] } },
  ],
};

function recorded<Name extends keyof CodeDeployOperations>(
  operation: Name,
  input: CodeDeployOperations[Name]["input"],
  code: FaultCode,
  text: string,
): Recorded<keyof CodeDeployOperations> {
  return { operation, input, code, text };
}

function serverGroup(fields: Partial<CreateDeploymentGroupInput>, code: FaultCode, text: string) {
  const names = { applicationName: "MyWebApp", deploymentGroupName: "next", serviceRoleArn: ROLE_ARN };
  return recorded("CreateDeploymentGroup", { ...names, ...fields }, code, text);
}

function ecsGroup(fields: Partial<CreateDeploymentGroupInput>, code: FaultCode, text: string) {
  const input: CreateDeploymentGroupInput = {
    applicationName: "Containers",
    deploymentGroupName: "next",
    serviceRoleArn: ROLE_ARN,
    deploymentStyle: SHIFTING,
    loadBalancerInfo: PAIR,
    blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" } },
    ecsServices: [{ serviceName: "web", clusterName: "main" }],
  };
  return recorded("CreateDeploymentGroup", { ...input, ...fields }, code, text);
}

function deployment(fields: Partial<CreateDeploymentInput>, code: FaultCode, text: string) {
  const input = { applicationName: "MyWebApp", deploymentGroupName: "prod", revision: S3_REVISION };
  return recorded("CreateDeployment", { ...input, ...fields }, code, text);
}

const RECORDED: readonly (readonly [source: string, Recorded<keyof CodeDeployOperations>])[] = [
  [
    "awsdocs/aws-cloudformation-user-guide#534, hashicorp/terraform#11700",
    serverGroup(
      { deploymentStyle: { deploymentType: "IN_PLACE" } },
      "InvalidDeploymentStyleException",
      "Deployment type or deployment option cannot be null or empty",
    ),
  ],
  [
    "the same, for the other member",
    serverGroup(
      { deploymentStyle: { deploymentOption: "WITHOUT_TRAFFIC_CONTROL" } },
      "InvalidDeploymentStyleException",
      "Deployment type or deployment option cannot be null or empty",
    ),
  ],
  [
    "the same, for none",
    serverGroup(
      { deploymentStyle: {} },
      "InvalidDeploymentStyleException",
      "Deployment type or deployment option cannot be null or empty",
    ),
  ],
  [
    "the same, in an update",
    recorded(
      "UpdateDeploymentGroup",
      {
        applicationName: "MyWebApp",
        currentDeploymentGroupName: "prod",
        deploymentStyle: { deploymentType: "IN_PLACE" },
      },
      "InvalidDeploymentStyleException",
      "Deployment type or deployment option cannot be null or empty",
    ),
  ],
  [
    "awsdocs/aws-cloudformation-user-guide#534",
    serverGroup(
      { deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "Yes" as "WITH_TRAFFIC_CONTROL" } },
      "InvalidDeploymentStyleException",
      "Deployment option can only be WITH_TRAFFIC_CONTROL or WITHOUT_TRAFFIC_CONTROL",
    ),
  ],
  [
    "issue 12",
    serverGroup(
      { ecsServices: [{ serviceName: "web", clusterName: "main" }] },
      "InvalidECSServiceException",
      "Should not specify ECS services parameter for Server deployment group",
    ),
  ],
  [
    "awsdocs/amazon-ecs-developer-guide#213: a pair of target groups, in an application for hosts",
    serverGroup(
      { deploymentStyle: SHIFTING, loadBalancerInfo: PAIR },
      "InvalidLoadBalancerInfoException",
      "The specification for load balancing in the deployment group is invalid. The deploymentOption value is set to WITH_TRAFFIC_CONTROL, but either no load balancer was specified in elbInfoList or no target group was specified in targetGroupInfoList.",
    ),
  ],
  [
    "the same, with no load balancer at all",
    serverGroup(
      { deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" } },
      "InvalidLoadBalancerInfoException",
      "The specification for load balancing in the deployment group is invalid. The deploymentOption value is set to WITH_TRAFFIC_CONTROL, but either no load balancer was specified in elbInfoList or no target group was specified in targetGroupInfoList.",
    ),
  ],
  [
    "hashicorp/terraform-provider-aws#9653",
    serverGroup(
      {
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 60 },
        },
      },
      "InvalidBlueGreenDeploymentConfigurationException",
      "Deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified",
    ),
  ],
  [
    "the provider's source, which tries again by it",
    serverGroup({ serviceRoleArn: "role" }, "InvalidRoleException", "Cannot assume role provided."),
  ],
  [
    "CloudFormation's log in a collection of templates",
    ecsGroup(
      { deploymentStyle: undefined },
      "InvalidDeploymentStyleException",
      "For ECS deployment, the deployment type must be BLUE_GREEN, and deployment option must be WITH_TRAFFIC_CONTROL.",
    ),
  ],
  [
    "the same log",
    ecsGroup(
      { loadBalancerInfo: undefined },
      "InvalidLoadBalancerInfoException",
      "For ECS deployment group, loadBalancerInfo must be specified",
    ),
  ],
  [
    "the same log",
    ecsGroup(
      { blueGreenDeploymentConfiguration: undefined },
      "InvalidBlueGreenDeploymentConfigurationException",
      "For ECS deployment group, blueGreenDeploymentConfiguration must be specified",
    ),
  ],
  [
    "the same log, cloudposse/terraform-aws-code-deploy#5",
    ecsGroup(
      { loadBalancerInfo: { elbInfoList: [{ name: "elb" }] } },
      "InvalidLoadBalancerInfoException",
      "For ECS deployment group, loadBalancerInfo must not contain elbInfo list",
    ),
  ],
  [
    "the same log",
    ecsGroup(
      { loadBalancerInfo: { targetGroupInfoList: [{ name: "blue" }] } },
      "InvalidLoadBalancerInfoException",
      "For ECS deployment group, loadBalancerInfo must not contain targetGroupInfo list",
    ),
  ],
  [
    "hashicorp/terraform-provider-aws#7128",
    ecsGroup(
      { autoScalingGroups: ["asg"] },
      "InvalidAutoScalingGroupException",
      "For ECS deployment group, autoScalingGroups can not be specified",
    ),
  ],
  [
    "a log of the GitHub action",
    deployment(
      { deploymentGroupName: undefined },
      "DeploymentGroupNameRequiredException",
      "Deployment Group name is missing",
    ),
  ],
  [
    "aws/aws-cli#4256",
    deployment({ revision: undefined }, "RevisionRequiredException", "RevisionLocation must be specified"),
  ],
  [
    "a guide's list of errors",
    deployment({ applicationName: "none" }, "ApplicationDoesNotExistException", "No application found for name: none"),
  ],
  [
    "codedeploy-semantics.md, section 10",
    deployment(
      { deploymentGroupName: "none" },
      "DeploymentGroupDoesNotExistException",
      "No Deployment Group found for name: none",
    ),
  ],
  [
    "issue 12",
    recorded(
      "GetDeployment",
      { deploymentId: "d-1" },
      "InvalidDeploymentIdException",
      "Specified DeploymentId is not in the valid format: d-1",
    ),
  ],
  [
    "a log of aws deploy register-on-premises-instance",
    recorded(
      "RegisterOnPremisesInstance",
      { instanceName: "second", iamUserArn: "arn:aws:iam::111122223333:user/first" },
      "IamUserArnAlreadyRegisteredException",
      "The on-premises instance could not be registered because the request included an IAM user ARN that has already been used to register an instance. Include either a different IAM user ARN or IAM session ARN in the request, and then try again.",
    ),
  ],
  [
    "aws/aws-cli#1896",
    recorded(
      "RegisterOnPremisesInstance",
      { instanceName: "second", iamUserArn: "arn:aws:iam::XXXXXXXXXXXX:user/AWS/CodeDeploy/aws1" },
      "InvalidIamUserArnException",
      "Iam User ARN arn:aws:iam::XXXXXXXXXXXX:user/AWS/CodeDeploy/aws1 is not in a valid format",
    ),
  ],
  [
    "codedeploy-semantics.md, section 10",
    recorded(
      "CreateDeploymentConfig",
      { deploymentConfigName: "none" },
      "InvalidMinimumHealthyHostValueException",
      "minimum healthy hosts argument is missing",
    ),
  ],
];

let codeDeploy: TestCodeDeploy;
beforeEach(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
  await codeDeploy.call("CreateApplication", { applicationName: "Containers", computePlatform: "ECS" });
  await codeDeploy.call("RegisterOnPremisesInstance", {
    instanceName: "first",
    iamUserArn: "arn:aws:iam::111122223333:user/first",
  });
});
afterEach(() => codeDeploy.close());

it.each(RECORDED.map(([source, answer]) => ({ source, ...answer })))(
  "$operation answers $code as recorded ($source)",
  async ({ operation, input, code, text }) => {
    const error = await codeDeploy.call(operation, input as never).then(
      () => "accepted",
      (thrown: { code: string; message: string }) => thrown,
    );
    expect(error).toMatchObject({ code });
    // At the beginning: what is said first is what people see first, and what they search for.
    expect((error as { message: string }).message.slice(0, text.length)).toBe(text);
  },
);

it("names the active deployment where clients look for it", async () => {
  const active = await withDeployment(codeDeploy);
  await expect(withDeployment(codeDeploy)).rejects.toMatchObject({
    code: "DeploymentLimitExceededException",
    message: expect.stringMatching(
      new RegExp(`^The Deployment Group 'prod' already has an active Deployment '${active}'`),
    ),
  });
});

/** Other fields that do not fit the platform: refused by the same rule, with the fault of their field. */
it.each([
  ["ec2TagFilters", { ec2TagFilters: [{ Key: "a", Type: "KEY_ONLY" }] }, "InvalidEC2TagException"],
  ["ec2TagSet", { ec2TagSet: { ec2TagSetList: [[{ Key: "a", Type: "KEY_ONLY" }]] } }, "InvalidEC2TagException"],
  [
    "onPremisesInstanceTagFilters",
    { onPremisesInstanceTagFilters: [{ Key: "a", Type: "KEY_ONLY" }] },
    "InvalidTagException",
  ],
  [
    "onPremisesTagSet",
    { onPremisesTagSet: { onPremisesTagSetList: [[{ Key: "a", Type: "KEY_ONLY" }]] } },
    "InvalidTagException",
  ],
  ["autoScalingGroups", { autoScalingGroups: ["asg"] }, "InvalidAutoScalingGroupException"],
] as const)("%s fits neither ECS nor Lambda", async (field, fields, code) => {
  const { input } = ecsGroup(fields as unknown as Partial<CreateDeploymentGroupInput>, code, "");
  await expect(codeDeploy.call("CreateDeploymentGroup", input as CreateDeploymentGroupInput)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(
      new RegExp(`^For ECS deployment group, ${field} can not be specified: leave it out, or `),
    ),
  });
  await codeDeploy.call("CreateApplication", { applicationName: "Functions", computePlatform: "Lambda" });
  const names = { applicationName: "Functions", deploymentGroupName: "next", serviceRoleArn: ROLE_ARN };
  await expect(
    codeDeploy.call("CreateDeploymentGroup", { ...names, ...(fields as object) } as CreateDeploymentGroupInput),
  ).rejects.toMatchObject({
    code,
    message: expect.stringMatching(
      new RegExp(`^For Lambda deployment group, ${field} can not be specified: leave it out, or `),
    ),
  });
});

it.each([
  ["ecsServices", { ecsServices: [{ serviceName: "s", clusterName: "c" }] }, "InvalidECSServiceException"],
  ["loadBalancerInfo", { loadBalancerInfo: PAIR }, "InvalidLoadBalancerInfoException"],
] as const)("%s does not fit Lambda", async (_, fields, code) => {
  await codeDeploy.call("CreateApplication", { applicationName: "Functions", computePlatform: "Lambda" });
  const names = { applicationName: "Functions", deploymentGroupName: "next", serviceRoleArn: ROLE_ARN };
  await expect(
    codeDeploy.call("CreateDeploymentGroup", { ...names, ...(fields as object) } as CreateDeploymentGroupInput),
  ).rejects.toMatchObject({ code, message: expect.stringMatching(/Lambda deployment group/) });
});

it("an ECS group cannot keep the original task set alive", async () => {
  const blueGreenDeploymentConfiguration = {
    terminateBlueInstancesOnDeploymentSuccess: { action: "KEEP_ALIVE" as const },
  };
  const code = "InvalidBlueGreenDeploymentConfigurationException";
  const { input } = ecsGroup({ blueGreenDeploymentConfiguration }, code, "");
  await expect(codeDeploy.call("CreateDeploymentGroup", input as CreateDeploymentGroupInput)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/can not be KEEP_ALIVE: give TERMINATE/),
  });
});
