import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  endDeployment,
  ROLE_ARN,
  S3_REVISION,
  type TestCodeDeploy,
  testCodeDeploy,
  withDeployment,
  withGroup,
} from "./codedeploy.fixture.ts";
import { CODEDEPLOY_HANDLERS } from "./codedeploy-operations.ts";

/**
 * For each operation the mistakes that one request can have at once, in the order in which they are told: required members, syntax, whether
 * what is named exists, what members and resources say together. A request has the mistake of its row and of all rows below.
 */
type Mistakes = readonly (readonly [mistake: object, code: FaultCode])[];

const APPLICATION: Mistakes = [[{ applicationName: undefined }, "ApplicationNameRequiredException"]];
const BAD_APPLICATION = [{ applicationName: "a b" }, "InvalidApplicationNameException"] as const;
const NO_APPLICATION = [{ applicationName: "none" }, "ApplicationDoesNotExistException"] as const;
const NO_GROUP = [{ deploymentGroupName: "none" }, "DeploymentGroupDoesNotExistException"] as const;
const DEPLOYMENT: Mistakes = [[{ deploymentId: undefined }, "DeploymentIdRequiredException"]];
const BAD_DEPLOYMENT = [{ deploymentId: "d-1" }, "InvalidDeploymentIdException"] as const;
const NO_DEPLOYMENT = [{ deploymentId: "d-000000000" }, "DeploymentDoesNotExistException"] as const;
const ENDED = [{ deploymentId: "{ended}" }, "DeploymentAlreadyCompletedException"] as const;
const BAD_TOKEN = [{ nextToken: "x" }, "InvalidNextTokenException"] as const;
const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
const USER_ARN = "arn:aws:iam::111122223333:user";
const TAGS = [{ Key: "k", Value: "v" }];
const BAD_TAGS = [{ Key: "aws:k", Value: "v" }];
const many = (length: number) => Array.from({ length }, (_, index) => `n-${index}`);

const INSTANCE: Mistakes = [
  [{ instanceName: "" }, "InstanceNameRequiredException"],
  [{ instanceName: "a b" }, "InvalidInstanceNameException"],
];
const TAGGED: Mistakes = [
  [{ instanceNames: [] }, "InstanceNameRequiredException"],
  [{ tags: [] }, "TagRequiredException"],
  [{ instanceNames: ["a b"] }, "InvalidInstanceNameException"],
  [{ tags: [{ Value: "v" }] }, "InvalidTagException"],
  [{ instanceNames: ["none"] }, "InstanceNotRegisteredException"],
];
const RESOURCE: Mistakes = [[{ ResourceArn: "" }, "ResourceArnRequiredException"]];
const RESOURCE_ARN: Mistakes = [
  [{ ResourceArn: "arn" }, "InvalidArnException"],
  [{ ResourceArn: `${ARN}:deploymentconfig:c` }, "ArnNotSupportedException"],
];
const RESOURCE_EXISTS: Mistakes = [
  [{ ResourceArn: `${ARN}:application:none` }, "ApplicationDoesNotExistException"],
  [{ ResourceArn: `${ARN}:deploymentgroup:MyWebApp/none` }, "DeploymentGroupDoesNotExistException"],
];

const MISTAKES: { readonly [Name in keyof CodeDeployOperations]: Mistakes } = {
  AddTagsToOnPremisesInstances: TAGGED,
  BatchGetApplicationRevisions: [
    ...APPLICATION,
    [{ revisions: [] }, "RevisionRequiredException"],
    BAD_APPLICATION,
    [{ revisions: many(26).map(() => S3_REVISION) }, "BatchLimitExceededException"],
    [{ revisions: [{}] }, "InvalidRevisionException"],
    NO_APPLICATION,
  ],
  BatchGetApplications: [
    [{ applicationNames: [] }, "ApplicationNameRequiredException"],
    [{ applicationNames: many(101) }, "BatchLimitExceededException"],
    [{ applicationNames: ["none", "a b"] }, "InvalidApplicationNameException"],
    [{ applicationNames: ["none"] }, "ApplicationDoesNotExistException"],
  ],
  BatchGetDeploymentGroups: [
    ...APPLICATION,
    [{ deploymentGroupNames: [] }, "DeploymentGroupNameRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupNames: many(101) }, "BatchLimitExceededException"],
    [{ deploymentGroupNames: ["a b"] }, "InvalidDeploymentGroupNameException"],
    NO_APPLICATION,
  ],
  BatchGetDeploymentInstances: [
    ...DEPLOYMENT,
    [{ instanceIds: [] }, "InstanceIdRequiredException"],
    BAD_DEPLOYMENT,
    [{ instanceIds: many(26) }, "BatchLimitExceededException"],
    [{ instanceIds: ["a b"] }, "InvalidInstanceNameException"],
    NO_DEPLOYMENT,
  ],
  BatchGetDeploymentTargets: [
    ...DEPLOYMENT,
    [{ targetIds: [] }, "DeploymentTargetIdRequiredException"],
    BAD_DEPLOYMENT,
    [{ targetIds: many(26) }, "DeploymentTargetListSizeExceededException"],
    [{ targetIds: ["a b"] }, "InvalidDeploymentTargetIdException"],
    NO_DEPLOYMENT,
    [{ deploymentId: "{active}", targetIds: ["none"] }, "DeploymentNotStartedException"],
    [{ deploymentId: "{ended}" }, "DeploymentTargetDoesNotExistException"],
  ],
  BatchGetDeployments: [
    [{ deploymentIds: [] }, "DeploymentIdRequiredException"],
    [{ deploymentIds: many(26) }, "BatchLimitExceededException"],
    [{ deploymentIds: ["d-1"] }, "InvalidDeploymentIdException"],
  ],
  BatchGetOnPremisesInstances: [
    [{ instanceNames: [] }, "InstanceNameRequiredException"],
    [{ instanceNames: ["a b", ...many(26)] }, "InvalidInstanceNameException"],
    [{ instanceNames: many(26) }, "BatchLimitExceededException"],
  ],
  ContinueDeployment: [
    ...DEPLOYMENT,
    BAD_DEPLOYMENT,
    [{ deploymentWaitType: "NO_WAIT" }, "InvalidDeploymentWaitTypeException"],
    NO_DEPLOYMENT,
    ENDED,
    [{}, "UnsupportedActionForDeploymentTypeException"],
  ],
  CreateApplication: [
    ...APPLICATION,
    BAD_APPLICATION,
    [{ computePlatform: "X" }, "InvalidComputePlatformException"],
    [{ tags: BAD_TAGS }, "InvalidTagsToAddException"],
    [{ applicationName: "MyWebApp" }, "ApplicationAlreadyExistsException"],
  ],
  CreateDeployment: [
    ...APPLICATION,
    [{ deploymentGroupName: "" }, "DeploymentGroupNameRequiredException"],
    [{ revision: undefined }, "RevisionRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    [{ deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException"],
    [{ revision: { revisionType: "S3" } }, "InvalidRevisionException"],
    [{ description: "x".repeat(257) }, "DescriptionTooLongException"],
    [{ fileExistsBehavior: "X" }, "InvalidFileExistsBehaviorException"],
    [{ autoRollbackConfiguration: { enabled: true } }, "InvalidAutoRollbackConfigException"],
    [{ overrideAlarmConfiguration: { enabled: true } }, "InvalidAlarmConfigException"],
    NO_APPLICATION,
    NO_GROUP,
    [{ revision: { revisionType: "AppSpecContent", appSpecContent: { content: "" } } }, "InvalidRevisionException"],
    [{ deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
    [{ targetInstances: {} }, "InvalidTargetInstancesException"],
    [{}, "DeploymentLimitExceededException"],
  ],
  CreateDeploymentConfig: [
    [{ deploymentConfigName: "" }, "DeploymentConfigNameRequiredException"],
    [{ deploymentConfigName: "CodeDeployDefault.X" }, "InvalidDeploymentConfigNameException"],
    [{ computePlatform: "X" }, "InvalidComputePlatformException"],
    [{ trafficRoutingConfig: { type: "AllAtOnce" } }, "InvalidTrafficRoutingConfigurationException"],
    [{ minimumHealthyHosts: undefined }, "InvalidMinimumHealthyHostValueException"],
    [{ zonalConfig: { monitorDurationInSeconds: -1 } }, "InvalidZonalDeploymentConfigurationException"],
    [{ deploymentConfigName: "half" }, "DeploymentConfigAlreadyExistsException"],
  ],
  CreateDeploymentGroup: [
    ...APPLICATION,
    [{ deploymentGroupName: "" }, "DeploymentGroupNameRequiredException"],
    [{ serviceRoleArn: "" }, "RoleRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    [{ deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException"],
    [{ serviceRoleArn: "role" }, "InvalidRoleException"],
    [{ ec2TagFilters: [{}] }, "InvalidEC2TagException"],
    [{ onPremisesInstanceTagFilters: [{}] }, "InvalidTagException"],
    [{ autoScalingGroups: [""] }, "InvalidAutoScalingGroupException"],
    [{ triggerConfigurations: [{}] }, "InvalidTriggerConfigException"],
    [{ alarmConfiguration: { enabled: true } }, "InvalidAlarmConfigException"],
    [{ autoRollbackConfiguration: { enabled: true } }, "InvalidAutoRollbackConfigException"],
    [{ deploymentStyle: {} }, "InvalidDeploymentStyleException"],
    [{ loadBalancerInfo: { elbInfoList: [{}] } }, "InvalidLoadBalancerInfoException"],
    [{ outdatedInstancesStrategy: "X" }, "InvalidInputException"],
    [{ tags: BAD_TAGS }, "InvalidTagsToAddException"],
    NO_APPLICATION,
    [{ deploymentGroupName: "prod" }, "DeploymentGroupAlreadyExistsException"],
    [{ deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
    [{ deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" }, "InvalidDeploymentConfigNameException"],
    [{ ecsServices: [{ serviceName: "s", clusterName: "c" }] }, "InvalidECSServiceException"],
  ],
  DeleteApplication: [...APPLICATION, BAD_APPLICATION],
  DeleteDeploymentConfig: [
    [{ deploymentConfigName: "" }, "DeploymentConfigNameRequiredException"],
    [{ deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException"],
    [{ deploymentConfigName: "CodeDeployDefault.OneAtATime" }, "InvalidOperationException"],
  ],
  DeleteDeploymentGroup: [
    ...APPLICATION,
    [{ deploymentGroupName: "" }, "DeploymentGroupNameRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
  ],
  DeleteGitHubAccountToken: [
    [{ tokenName: "" }, "GitHubAccountTokenNameRequiredException"],
    [{ tokenName: "a b" }, "InvalidGitHubAccountTokenNameException"],
    [{ tokenName: "none" }, "GitHubAccountTokenDoesNotExistException"],
  ],
  DeleteResourcesByExternalId: [],
  DeregisterOnPremisesInstance: INSTANCE,
  GetApplication: [...APPLICATION, BAD_APPLICATION, NO_APPLICATION],
  GetApplicationRevision: [
    ...APPLICATION,
    [{ revision: undefined }, "RevisionRequiredException"],
    BAD_APPLICATION,
    [{ revision: {} }, "InvalidRevisionException"],
    NO_APPLICATION,
    [
      { revision: { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "zip" } } },
      "RevisionDoesNotExistException",
    ],
  ],
  GetDeployment: [...DEPLOYMENT, BAD_DEPLOYMENT, NO_DEPLOYMENT],
  GetDeploymentConfig: [
    [{ deploymentConfigName: "" }, "DeploymentConfigNameRequiredException"],
    [{ deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException"],
    [{ deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
  ],
  GetDeploymentGroup: [
    ...APPLICATION,
    [{ deploymentGroupName: "" }, "DeploymentGroupNameRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    NO_APPLICATION,
    NO_GROUP,
  ],
  GetDeploymentInstance: [
    ...DEPLOYMENT,
    [{ instanceId: "" }, "InstanceIdRequiredException"],
    BAD_DEPLOYMENT,
    [{ instanceId: "a b" }, "InvalidInstanceNameException"],
    NO_DEPLOYMENT,
    [{ instanceId: "none" }, "InstanceDoesNotExistException"],
  ],
  GetDeploymentTarget: [
    ...DEPLOYMENT,
    [{ targetId: "" }, "DeploymentTargetIdRequiredException"],
    BAD_DEPLOYMENT,
    [{ targetId: "a b" }, "InvalidDeploymentTargetIdException"],
    NO_DEPLOYMENT,
    [{ deploymentId: "{active}", targetId: "none" }, "DeploymentNotStartedException"],
    [{ deploymentId: "{ended}" }, "DeploymentTargetDoesNotExistException"],
  ],
  GetOnPremisesInstance: [...INSTANCE, [{ instanceName: "none" }, "InstanceNotRegisteredException"]],
  ListApplicationRevisions: [
    ...APPLICATION,
    [{ s3KeyPrefix: "k", s3Bucket: undefined }, "BucketNameFilterRequiredException"],
    BAD_APPLICATION,
    [{ sortBy: "X" }, "InvalidSortByException"],
    [{ sortOrder: "X" }, "InvalidSortOrderException"],
    [{ deployed: "X" }, "InvalidDeployedStateFilterException"],
    [{ s3Bucket: "" }, "InvalidBucketNameFilterException"],
    [{ s3KeyPrefix: "k".repeat(1025) }, "InvalidKeyPrefixFilterException"],
    BAD_TOKEN,
    NO_APPLICATION,
  ],
  ListApplications: [BAD_TOKEN],
  ListDeploymentConfigs: [BAD_TOKEN],
  ListDeploymentGroups: [...APPLICATION, BAD_APPLICATION, BAD_TOKEN, NO_APPLICATION],
  ListDeploymentInstances: [
    ...DEPLOYMENT,
    BAD_DEPLOYMENT,
    [{ instanceStatusFilter: ["X"] }, "InvalidInstanceStatusException"],
    [{ instanceTypeFilter: ["X"] }, "InvalidInstanceTypeException"],
    BAD_TOKEN,
    NO_DEPLOYMENT,
    [{ instanceTypeFilter: ["Blue"] }, "InvalidDeploymentInstanceTypeException"],
    [{}, "DeploymentNotStartedException"],
  ],
  ListDeploymentTargets: [
    ...DEPLOYMENT,
    BAD_DEPLOYMENT,
    [{ targetFilters: { Zone: ["a"] } }, "InvalidTargetFilterNameException"],
    [{ targetFilters: { ServerInstanceLabel: ["X"], TargetStatus: ["X"] } }, "InvalidInstanceStatusException"],
    [{ targetFilters: { ServerInstanceLabel: ["X"] } }, "InvalidInstanceTypeException"],
    BAD_TOKEN,
    NO_DEPLOYMENT,
    [{ targetFilters: { ServerInstanceLabel: ["Blue"] } }, "InvalidDeploymentInstanceTypeException"],
    [{}, "DeploymentNotStartedException"],
  ],
  ListDeployments: [
    [{ applicationName: undefined, deploymentGroupName: "a b" }, "ApplicationNameRequiredException"],
    [{ deploymentGroupName: undefined, applicationName: "a b" }, "DeploymentGroupNameRequiredException"],
    BAD_APPLICATION,
    [{ deploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    [{ includeOnlyStatuses: ["X"] }, "InvalidDeploymentStatusException"],
    [{ createTimeRange: { start: new Date(2), end: new Date(1) } }, "InvalidTimeRangeException"],
    [{ externalId: "" }, "InvalidExternalIdException"],
    BAD_TOKEN,
    NO_APPLICATION,
    NO_GROUP,
  ],
  ListGitHubAccountTokenNames: [BAD_TOKEN],
  ListOnPremisesInstances: [
    [{ registrationStatus: "X" }, "InvalidRegistrationStatusException"],
    [{ tagFilters: [{}] }, "InvalidTagFilterException"],
    BAD_TOKEN,
  ],
  ListTagsForResource: [
    ...RESOURCE,
    ...RESOURCE_ARN,
    // The model has no error for what is not there.
    ...RESOURCE_EXISTS.map(([mistake]) => [mistake, "InvalidArnException"] as const),
  ],
  PutLifecycleEventHookExecutionStatus: [
    ...DEPLOYMENT,
    BAD_DEPLOYMENT,
    [{ status: "Skipped" }, "InvalidLifecycleEventHookExecutionStatusException"],
    [{ lifecycleEventHookExecutionId: "1" }, "InvalidLifecycleEventHookExecutionIdException"],
    NO_DEPLOYMENT,
    [{}, "UnsupportedActionForDeploymentTypeException"],
  ],
  RegisterApplicationRevision: [
    ...APPLICATION,
    [{ revision: undefined }, "RevisionRequiredException"],
    BAD_APPLICATION,
    [{ revision: {} }, "InvalidRevisionException"],
    [{ description: "x".repeat(257) }, "DescriptionTooLongException"],
    NO_APPLICATION,
  ],
  RegisterOnPremisesInstance: [
    [{ instanceName: "" }, "InstanceNameRequiredException"],
    [{ instanceName: "a b", iamUserArn: "", iamSessionArn: undefined }, "IamUserArnRequiredException"],
    [{ instanceName: "a b", iamUserArn: undefined, iamSessionArn: undefined }, "IamArnRequiredException"],
    [{ instanceName: "a b" }, "InvalidInstanceNameException"],
    [{ iamUserArn: "arn", iamSessionArn: "arn" }, "InvalidIamUserArnException"],
    [{ iamSessionArn: "arn" }, "InvalidIamSessionArnException"],
    [
      { iamSessionArn: "arn:aws:sts::111122223333:assumed-role/r/s", instanceName: "first" },
      "MultipleIamArnsProvidedException",
    ],
    [{ instanceName: "first", iamUserArn: `${USER_ARN}/first` }, "InstanceNameAlreadyRegisteredException"],
    [{ iamUserArn: `${USER_ARN}/first` }, "IamUserArnAlreadyRegisteredException"],
  ],
  RemoveTagsFromOnPremisesInstances: TAGGED,
  SkipWaitTimeForInstanceTermination: [
    ...DEPLOYMENT,
    BAD_DEPLOYMENT,
    NO_DEPLOYMENT,
    ENDED,
    [{}, "UnsupportedActionForDeploymentTypeException"],
  ],
  StopDeployment: [...DEPLOYMENT, BAD_DEPLOYMENT, NO_DEPLOYMENT, ENDED],
  TagResource: [
    ...RESOURCE,
    [{ Tags: [] }, "TagRequiredException"],
    [{ Tags: BAD_TAGS }, "InvalidTagsToAddException"],
    ...RESOURCE_ARN,
    ...RESOURCE_EXISTS,
  ],
  UntagResource: [
    ...RESOURCE,
    [{ TagKeys: [] }, "TagRequiredException"],
    [{ TagKeys: many(51) }, "InvalidTagsToAddException"],
    ...RESOURCE_ARN,
    ...RESOURCE_EXISTS,
  ],
  UpdateApplication: [
    ...APPLICATION,
    BAD_APPLICATION,
    [{ newApplicationName: "a b" }, "InvalidApplicationNameException"],
    NO_APPLICATION,
    [{ newApplicationName: "Other" }, "ApplicationAlreadyExistsException"],
  ],
  UpdateDeploymentGroup: [
    ...APPLICATION,
    [{ currentDeploymentGroupName: "" }, "DeploymentGroupNameRequiredException"],
    BAD_APPLICATION,
    [{ currentDeploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    [{ newDeploymentGroupName: "a b" }, "InvalidDeploymentGroupNameException"],
    [{ deploymentConfigName: "a b" }, "InvalidDeploymentConfigNameException"],
    [{ serviceRoleArn: "role" }, "InvalidRoleException"],
    NO_APPLICATION,
    [{ currentDeploymentGroupName: "none" }, "DeploymentGroupDoesNotExistException"],
    [{ newDeploymentGroupName: "next" }, "DeploymentGroupAlreadyExistsException"],
    [{ deploymentConfigName: "none" }, "DeploymentConfigDoesNotExistException"],
    [{ deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce" }, "InvalidDeploymentConfigNameException"],
  ],
};

/** Whatever an operation takes: what is right where no mistake is made. Members that an operation has not are passed over. */
const RIGHT = {
  applicationName: "MyWebApp",
  deploymentGroupName: "prod",
  currentDeploymentGroupName: "prod",
  deploymentId: "{active}",
  instanceName: "new",
  iamUserArn: `${USER_ARN}/new`,
  instanceNames: ["first"],
  tags: TAGS,
  Tags: TAGS,
  TagKeys: ["k"],
  ResourceArn: `${ARN}:application:MyWebApp`,
  revision: S3_REVISION,
  revisions: [S3_REVISION],
  deploymentGroupNames: ["prod"],
  instanceIds: ["i-1"],
  instanceId: "i-1",
  targetIds: ["i-1"],
  targetId: "i-1",
  status: "Succeeded",
  lifecycleEventHookExecutionId: "BeforeAllowTraffic/1/charge",
  serviceRoleArn: ROLE_ARN,
  s3Bucket: "bucket",
  minimumHealthyHosts: { type: "HOST_COUNT", value: 1 },
};
/** Where the usual would itself be a mistake. */
const RIGHT_HERE: Readonly<Partial<Record<keyof CodeDeployOperations, object>>> = {
  CreateApplication: { applicationName: "New" },
  CreateDeploymentGroup: { deploymentGroupName: "new" },
  CreateDeploymentConfig: { deploymentConfigName: "new" },
  DeleteDeploymentConfig: { deploymentConfigName: "new" },
  GetOnPremisesInstance: { instanceName: "first" },
};

let codeDeploy: TestCodeDeploy;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
  const ended = await withDeployment(codeDeploy);
  await endDeployment(codeDeploy, ended, "Failed");
  ids = { "{ended}": ended, "{active}": await withDeployment(codeDeploy) };
  const { call } = codeDeploy;
  await call("CreateApplication", { applicationName: "Other" });
  await call("CreateDeploymentGroup", {
    applicationName: "MyWebApp",
    deploymentGroupName: "next",
    serviceRoleArn: ROLE_ARN,
  });
  await call("CreateDeploymentConfig", {
    deploymentConfigName: "half",
    minimumHealthyHosts: { type: "FLEET_PERCENT", value: 50 },
  });
  await call("RegisterOnPremisesInstance", { instanceName: "first", iamUserArn: `${USER_ARN}/first` });
});
afterAll(() => codeDeploy.close());

it("has the mistakes of every operation", () => {
  expect(Object.keys(MISTAKES).toSorted()).toEqual(Object.keys(CODEDEPLOY_HANDLERS).toSorted());
});

const OPERATIONS = Object.entries(MISTAKES) as [keyof CodeDeployOperations, Mistakes][];

it.each(OPERATIONS.filter(([, mistakes]) => mistakes.length > 0))(
  "%s tells the first mistake first",
  async (operation, mistakes) => {
    const told: string[] = [];
    for (const first of mistakes.keys()) {
      const made = mistakes.slice(first).map(([mistake]) => mistake);
      const input = Object.assign({}, RIGHT, RIGHT_HERE[operation], ...made.toReversed());
      told.push(await answerTo(operation, input));
    }
    expect(told).toEqual(mistakes.map(([, code]) => code));
  },
);

async function answerTo(operation: keyof CodeDeployOperations, input: { deploymentId?: string }): Promise<string> {
  const { deploymentId } = input;
  const placed = { ...input, ...(deploymentId && ids[deploymentId] ? { deploymentId: ids[deploymentId] } : {}) };
  return codeDeploy.call(operation, placed as never).then(
    () => "accepted",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}
