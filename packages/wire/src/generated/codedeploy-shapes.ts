// Made by scripts/generate-shapes.ts from the schemas of @aws-sdk/client-codedeploy. Do not edit: run "npm run generate".
import type * as sdk from "@aws-sdk/client-codedeploy";
import { boolean, double, integer, list, long, map, string, structure, timestamp, type TableFor } from "../shapes/shape.ts";

const Tag = structure({
  Key: string,
  Value: string,
});
const AddTagsToOnPremisesInstancesInput = structure({
  tags: list(Tag),
  instanceNames: list(string),
}, ["tags", "instanceNames"]);
const S3Location = structure({
  bucket: string,
  key: string,
  bundleType: string,
  version: string,
  eTag: string,
});
const GitHubLocation = structure({
  repository: string,
  commitId: string,
});
const RawString = structure({
  content: string,
  sha256: string,
});
const AppSpecContent = structure({
  content: string,
  sha256: string,
});
const RevisionLocation = structure({
  revisionType: string,
  s3Location: S3Location,
  gitHubLocation: GitHubLocation,
  string: RawString,
  appSpecContent: AppSpecContent,
});
const BatchGetApplicationRevisionsInput = structure({
  applicationName: string,
  revisions: list(RevisionLocation),
}, ["applicationName", "revisions"]);
const GenericRevisionInfo = structure({
  description: string,
  deploymentGroups: list(string),
  firstUsedTime: timestamp,
  lastUsedTime: timestamp,
  registerTime: timestamp,
});
const RevisionInfo = structure({
  revisionLocation: RevisionLocation,
  genericRevisionInfo: GenericRevisionInfo,
});
const BatchGetApplicationRevisionsOutput = structure({
  applicationName: string,
  errorMessage: string,
  revisions: list(RevisionInfo),
});
const BatchGetApplicationsInput = structure({
  applicationNames: list(string),
}, ["applicationNames"]);
const ApplicationInfo = structure({
  applicationId: string,
  applicationName: string,
  createTime: timestamp,
  linkedToGitHub: boolean,
  gitHubAccountName: string,
  computePlatform: string,
});
const BatchGetApplicationsOutput = structure({
  applicationsInfo: list(ApplicationInfo),
});
const BatchGetDeploymentGroupsInput = structure({
  applicationName: string,
  deploymentGroupNames: list(string),
}, ["applicationName", "deploymentGroupNames"]);
const EC2TagFilter = structure({
  Key: string,
  Value: string,
  Type: string,
});
const TagFilter = structure({
  Key: string,
  Value: string,
  Type: string,
});
const AutoScalingGroup = structure({
  name: string,
  hook: string,
  terminationHook: string,
});
const TriggerConfig = structure({
  triggerName: string,
  triggerTargetArn: string,
  triggerEvents: list(string),
});
const Alarm = structure({
  name: string,
});
const AlarmConfiguration = structure({
  enabled: boolean,
  ignorePollAlarmFailure: boolean,
  alarms: list(Alarm),
});
const AutoRollbackConfiguration = structure({
  enabled: boolean,
  events: list(string),
});
const DeploymentStyle = structure({
  deploymentType: string,
  deploymentOption: string,
});
const BlueInstanceTerminationOption = structure({
  action: string,
  terminationWaitTimeInMinutes: integer,
});
const DeploymentReadyOption = structure({
  actionOnTimeout: string,
  waitTimeInMinutes: integer,
});
const GreenFleetProvisioningOption = structure({
  action: string,
});
const BlueGreenDeploymentConfiguration = structure({
  terminateBlueInstancesOnDeploymentSuccess: BlueInstanceTerminationOption,
  deploymentReadyOption: DeploymentReadyOption,
  greenFleetProvisioningOption: GreenFleetProvisioningOption,
});
const ELBInfo = structure({
  name: string,
});
const TargetGroupInfo = structure({
  name: string,
});
const TrafficRoute = structure({
  listenerArns: list(string),
});
const TargetGroupPairInfo = structure({
  targetGroups: list(TargetGroupInfo),
  prodTrafficRoute: TrafficRoute,
  testTrafficRoute: TrafficRoute,
});
const LoadBalancerInfo = structure({
  elbInfoList: list(ELBInfo),
  targetGroupInfoList: list(TargetGroupInfo),
  targetGroupPairInfoList: list(TargetGroupPairInfo),
});
const LastDeploymentInfo = structure({
  deploymentId: string,
  status: string,
  endTime: timestamp,
  createTime: timestamp,
});
const EC2TagSet = structure({
  ec2TagSetList: list(list(EC2TagFilter)),
});
const OnPremisesTagSet = structure({
  onPremisesTagSetList: list(list(TagFilter)),
});
const ECSService = structure({
  serviceName: string,
  clusterName: string,
});
const DeploymentGroupInfo = structure({
  applicationName: string,
  deploymentGroupId: string,
  deploymentGroupName: string,
  deploymentConfigName: string,
  ec2TagFilters: list(EC2TagFilter),
  onPremisesInstanceTagFilters: list(TagFilter),
  autoScalingGroups: list(AutoScalingGroup),
  serviceRoleArn: string,
  targetRevision: RevisionLocation,
  triggerConfigurations: list(TriggerConfig),
  alarmConfiguration: AlarmConfiguration,
  autoRollbackConfiguration: AutoRollbackConfiguration,
  deploymentStyle: DeploymentStyle,
  outdatedInstancesStrategy: string,
  blueGreenDeploymentConfiguration: BlueGreenDeploymentConfiguration,
  loadBalancerInfo: LoadBalancerInfo,
  lastSuccessfulDeployment: LastDeploymentInfo,
  lastAttemptedDeployment: LastDeploymentInfo,
  ec2TagSet: EC2TagSet,
  onPremisesTagSet: OnPremisesTagSet,
  computePlatform: string,
  ecsServices: list(ECSService),
  terminationHookEnabled: boolean,
});
const BatchGetDeploymentGroupsOutput = structure({
  deploymentGroupsInfo: list(DeploymentGroupInfo),
  errorMessage: string,
});
const BatchGetDeploymentInstancesInput = structure({
  deploymentId: string,
  instanceIds: list(string),
}, ["deploymentId", "instanceIds"]);
const Diagnostics = structure({
  errorCode: string,
  scriptName: string,
  message: string,
  logTail: string,
});
const LifecycleEvent = structure({
  lifecycleEventName: string,
  diagnostics: Diagnostics,
  startTime: timestamp,
  endTime: timestamp,
  status: string,
});
const InstanceSummary = structure({
  deploymentId: string,
  instanceId: string,
  status: string,
  lastUpdatedAt: timestamp,
  lifecycleEvents: list(LifecycleEvent),
  instanceType: string,
});
const BatchGetDeploymentInstancesOutput = structure({
  instancesSummary: list(InstanceSummary),
  errorMessage: string,
});
const BatchGetDeploymentTargetsInput = structure({
  deploymentId: string,
  targetIds: list(string),
}, ["deploymentId", "targetIds"]);
const InstanceTarget = structure({
  deploymentId: string,
  targetId: string,
  targetArn: string,
  status: string,
  lastUpdatedAt: timestamp,
  lifecycleEvents: list(LifecycleEvent),
  instanceLabel: string,
});
const LambdaFunctionInfo = structure({
  functionName: string,
  functionAlias: string,
  currentVersion: string,
  targetVersion: string,
  targetVersionWeight: double,
});
const LambdaTarget = structure({
  deploymentId: string,
  targetId: string,
  targetArn: string,
  status: string,
  lastUpdatedAt: timestamp,
  lifecycleEvents: list(LifecycleEvent),
  lambdaFunctionInfo: LambdaFunctionInfo,
});
const ECSTaskSet = structure({
  identifer: string,
  desiredCount: long,
  pendingCount: long,
  runningCount: long,
  status: string,
  trafficWeight: double,
  targetGroup: TargetGroupInfo,
  taskSetLabel: string,
});
const ECSTarget = structure({
  deploymentId: string,
  targetId: string,
  targetArn: string,
  lastUpdatedAt: timestamp,
  lifecycleEvents: list(LifecycleEvent),
  status: string,
  taskSetsInfo: list(ECSTaskSet),
});
const CloudFormationTarget = structure({
  deploymentId: string,
  targetId: string,
  lastUpdatedAt: timestamp,
  lifecycleEvents: list(LifecycleEvent),
  status: string,
  resourceType: string,
  targetVersionWeight: double,
});
const DeploymentTarget = structure({
  deploymentTargetType: string,
  instanceTarget: InstanceTarget,
  lambdaTarget: LambdaTarget,
  ecsTarget: ECSTarget,
  cloudFormationTarget: CloudFormationTarget,
});
const BatchGetDeploymentTargetsOutput = structure({
  deploymentTargets: list(DeploymentTarget),
});
const BatchGetDeploymentsInput = structure({
  deploymentIds: list(string),
}, ["deploymentIds"]);
const ErrorInformation = structure({
  code: string,
  message: string,
});
const DeploymentOverview = structure({
  Pending: long,
  InProgress: long,
  Succeeded: long,
  Failed: long,
  Skipped: long,
  Ready: long,
});
const RollbackInfo = structure({
  rollbackDeploymentId: string,
  rollbackTriggeringDeploymentId: string,
  rollbackMessage: string,
});
const TargetInstances = structure({
  tagFilters: list(EC2TagFilter),
  autoScalingGroups: list(string),
  ec2TagSet: EC2TagSet,
});
const RelatedDeployments = structure({
  autoUpdateOutdatedInstancesRootDeploymentId: string,
  autoUpdateOutdatedInstancesDeploymentIds: list(string),
});
const DeploymentInfo = structure({
  applicationName: string,
  deploymentGroupName: string,
  deploymentConfigName: string,
  deploymentId: string,
  previousRevision: RevisionLocation,
  revision: RevisionLocation,
  status: string,
  errorInformation: ErrorInformation,
  createTime: timestamp,
  startTime: timestamp,
  completeTime: timestamp,
  deploymentOverview: DeploymentOverview,
  description: string,
  creator: string,
  ignoreApplicationStopFailures: boolean,
  autoRollbackConfiguration: AutoRollbackConfiguration,
  updateOutdatedInstancesOnly: boolean,
  rollbackInfo: RollbackInfo,
  deploymentStyle: DeploymentStyle,
  targetInstances: TargetInstances,
  instanceTerminationWaitTimeStarted: boolean,
  blueGreenDeploymentConfiguration: BlueGreenDeploymentConfiguration,
  loadBalancerInfo: LoadBalancerInfo,
  additionalDeploymentStatusInfo: string,
  fileExistsBehavior: string,
  deploymentMode: string,
  deploymentStatusMessages: list(string),
  computePlatform: string,
  externalId: string,
  relatedDeployments: RelatedDeployments,
  overrideAlarmConfiguration: AlarmConfiguration,
});
const BatchGetDeploymentsOutput = structure({
  deploymentsInfo: list(DeploymentInfo),
});
const BatchGetOnPremisesInstancesInput = structure({
  instanceNames: list(string),
}, ["instanceNames"]);
const InstanceInfo = structure({
  instanceName: string,
  iamSessionArn: string,
  iamUserArn: string,
  instanceArn: string,
  registerTime: timestamp,
  deregisterTime: timestamp,
  tags: list(Tag),
});
const BatchGetOnPremisesInstancesOutput = structure({
  instanceInfos: list(InstanceInfo),
});
const ContinueDeploymentInput = structure({
  deploymentId: string,
  deploymentWaitType: string,
});
const CreateApplicationInput = structure({
  applicationName: string,
  computePlatform: string,
  tags: list(Tag),
}, ["applicationName"]);
const CreateApplicationOutput = structure({
  applicationId: string,
});
const CreateDeploymentInput = structure({
  applicationName: string,
  deploymentGroupName: string,
  revision: RevisionLocation,
  deploymentConfigName: string,
  description: string,
  ignoreApplicationStopFailures: boolean,
  targetInstances: TargetInstances,
  autoRollbackConfiguration: AutoRollbackConfiguration,
  updateOutdatedInstancesOnly: boolean,
  fileExistsBehavior: string,
  deploymentMode: string,
  overrideAlarmConfiguration: AlarmConfiguration,
}, ["applicationName"]);
const CreateDeploymentOutput = structure({
  deploymentId: string,
});
const MinimumHealthyHosts = structure({
  type: string,
  value: integer,
});
const TimeBasedCanary = structure({
  canaryPercentage: integer,
  canaryInterval: integer,
});
const TimeBasedLinear = structure({
  linearPercentage: integer,
  linearInterval: integer,
});
const TrafficRoutingConfig = structure({
  type: string,
  timeBasedCanary: TimeBasedCanary,
  timeBasedLinear: TimeBasedLinear,
});
const MinimumHealthyHostsPerZone = structure({
  type: string,
  value: integer,
});
const ZonalConfig = structure({
  firstZoneMonitorDurationInSeconds: long,
  monitorDurationInSeconds: long,
  minimumHealthyHostsPerZone: MinimumHealthyHostsPerZone,
});
const CreateDeploymentConfigInput = structure({
  deploymentConfigName: string,
  minimumHealthyHosts: MinimumHealthyHosts,
  trafficRoutingConfig: TrafficRoutingConfig,
  computePlatform: string,
  zonalConfig: ZonalConfig,
}, ["deploymentConfigName"]);
const CreateDeploymentConfigOutput = structure({
  deploymentConfigId: string,
});
const CreateDeploymentGroupInput = structure({
  applicationName: string,
  deploymentGroupName: string,
  serviceRoleArn: string,
  deploymentConfigName: string,
  ec2TagFilters: list(EC2TagFilter),
  onPremisesInstanceTagFilters: list(TagFilter),
  autoScalingGroups: list(string),
  triggerConfigurations: list(TriggerConfig),
  alarmConfiguration: AlarmConfiguration,
  autoRollbackConfiguration: AutoRollbackConfiguration,
  outdatedInstancesStrategy: string,
  deploymentStyle: DeploymentStyle,
  blueGreenDeploymentConfiguration: BlueGreenDeploymentConfiguration,
  loadBalancerInfo: LoadBalancerInfo,
  ec2TagSet: EC2TagSet,
  ecsServices: list(ECSService),
  onPremisesTagSet: OnPremisesTagSet,
  tags: list(Tag),
  terminationHookEnabled: boolean,
}, ["applicationName", "deploymentGroupName", "serviceRoleArn"]);
const CreateDeploymentGroupOutput = structure({
  deploymentGroupId: string,
});
const DeleteApplicationInput = structure({
  applicationName: string,
}, ["applicationName"]);
const DeleteDeploymentConfigInput = structure({
  deploymentConfigName: string,
}, ["deploymentConfigName"]);
const DeleteDeploymentGroupInput = structure({
  applicationName: string,
  deploymentGroupName: string,
}, ["applicationName", "deploymentGroupName"]);
const DeleteDeploymentGroupOutput = structure({
  hooksNotCleanedUp: list(AutoScalingGroup),
});
const DeleteGitHubAccountTokenInput = structure({
  tokenName: string,
});
const DeleteGitHubAccountTokenOutput = structure({
  tokenName: string,
});
const DeleteResourcesByExternalIdInput = structure({
  externalId: string,
});
const DeleteResourcesByExternalIdOutput = structure({});
const DeregisterOnPremisesInstanceInput = structure({
  instanceName: string,
}, ["instanceName"]);
const GetApplicationInput = structure({
  applicationName: string,
}, ["applicationName"]);
const GetApplicationOutput = structure({
  application: ApplicationInfo,
});
const GetApplicationRevisionInput = structure({
  applicationName: string,
  revision: RevisionLocation,
}, ["applicationName", "revision"]);
const GetApplicationRevisionOutput = structure({
  applicationName: string,
  revision: RevisionLocation,
  revisionInfo: GenericRevisionInfo,
});
const GetDeploymentInput = structure({
  deploymentId: string,
}, ["deploymentId"]);
const GetDeploymentOutput = structure({
  deploymentInfo: DeploymentInfo,
});
const GetDeploymentConfigInput = structure({
  deploymentConfigName: string,
}, ["deploymentConfigName"]);
const DeploymentConfigInfo = structure({
  deploymentConfigId: string,
  deploymentConfigName: string,
  minimumHealthyHosts: MinimumHealthyHosts,
  createTime: timestamp,
  computePlatform: string,
  trafficRoutingConfig: TrafficRoutingConfig,
  zonalConfig: ZonalConfig,
});
const GetDeploymentConfigOutput = structure({
  deploymentConfigInfo: DeploymentConfigInfo,
});
const GetDeploymentGroupInput = structure({
  applicationName: string,
  deploymentGroupName: string,
}, ["applicationName", "deploymentGroupName"]);
const GetDeploymentGroupOutput = structure({
  deploymentGroupInfo: DeploymentGroupInfo,
});
const GetDeploymentInstanceInput = structure({
  deploymentId: string,
  instanceId: string,
}, ["deploymentId", "instanceId"]);
const GetDeploymentInstanceOutput = structure({
  instanceSummary: InstanceSummary,
});
const GetDeploymentTargetInput = structure({
  deploymentId: string,
  targetId: string,
}, ["deploymentId", "targetId"]);
const GetDeploymentTargetOutput = structure({
  deploymentTarget: DeploymentTarget,
});
const GetOnPremisesInstanceInput = structure({
  instanceName: string,
}, ["instanceName"]);
const GetOnPremisesInstanceOutput = structure({
  instanceInfo: InstanceInfo,
});
const ListApplicationRevisionsInput = structure({
  applicationName: string,
  sortBy: string,
  sortOrder: string,
  s3Bucket: string,
  s3KeyPrefix: string,
  deployed: string,
  nextToken: string,
}, ["applicationName"]);
const ListApplicationRevisionsOutput = structure({
  revisions: list(RevisionLocation),
  nextToken: string,
});
const ListApplicationsInput = structure({
  nextToken: string,
});
const ListApplicationsOutput = structure({
  applications: list(string),
  nextToken: string,
});
const ListDeploymentConfigsInput = structure({
  nextToken: string,
});
const ListDeploymentConfigsOutput = structure({
  deploymentConfigsList: list(string),
  nextToken: string,
});
const ListDeploymentGroupsInput = structure({
  applicationName: string,
  nextToken: string,
}, ["applicationName"]);
const ListDeploymentGroupsOutput = structure({
  applicationName: string,
  deploymentGroups: list(string),
  nextToken: string,
});
const ListDeploymentInstancesInput = structure({
  deploymentId: string,
  nextToken: string,
  instanceStatusFilter: list(string),
  instanceTypeFilter: list(string),
}, ["deploymentId"]);
const ListDeploymentInstancesOutput = structure({
  instancesList: list(string),
  nextToken: string,
});
const ListDeploymentTargetsInput = structure({
  deploymentId: string,
  nextToken: string,
  targetFilters: map(list(string)),
}, ["deploymentId"]);
const ListDeploymentTargetsOutput = structure({
  targetIds: list(string),
  nextToken: string,
});
const TimeRange = structure({
  start: timestamp,
  end: timestamp,
});
const ListDeploymentsInput = structure({
  applicationName: string,
  deploymentGroupName: string,
  externalId: string,
  includeOnlyStatuses: list(string),
  createTimeRange: TimeRange,
  nextToken: string,
});
const ListDeploymentsOutput = structure({
  deployments: list(string),
  nextToken: string,
});
const ListGitHubAccountTokenNamesInput = structure({
  nextToken: string,
});
const ListGitHubAccountTokenNamesOutput = structure({
  tokenNameList: list(string),
  nextToken: string,
});
const ListOnPremisesInstancesInput = structure({
  registrationStatus: string,
  tagFilters: list(TagFilter),
  nextToken: string,
});
const ListOnPremisesInstancesOutput = structure({
  instanceNames: list(string),
  nextToken: string,
});
const ListTagsForResourceInput = structure({
  ResourceArn: string,
  NextToken: string,
}, ["ResourceArn"]);
const ListTagsForResourceOutput = structure({
  Tags: list(Tag),
  NextToken: string,
});
const PutLifecycleEventHookExecutionStatusInput = structure({
  deploymentId: string,
  lifecycleEventHookExecutionId: string,
  status: string,
});
const PutLifecycleEventHookExecutionStatusOutput = structure({
  lifecycleEventHookExecutionId: string,
});
const RegisterApplicationRevisionInput = structure({
  applicationName: string,
  revision: RevisionLocation,
  description: string,
}, ["applicationName", "revision"]);
const RegisterOnPremisesInstanceInput = structure({
  instanceName: string,
  iamSessionArn: string,
  iamUserArn: string,
}, ["instanceName"]);
const RemoveTagsFromOnPremisesInstancesInput = structure({
  tags: list(Tag),
  instanceNames: list(string),
}, ["tags", "instanceNames"]);
const SkipWaitTimeForInstanceTerminationInput = structure({
  deploymentId: string,
});
const StopDeploymentInput = structure({
  deploymentId: string,
  autoRollbackEnabled: boolean,
}, ["deploymentId"]);
const StopDeploymentOutput = structure({
  status: string,
  statusMessage: string,
});
const TagResourceInput = structure({
  ResourceArn: string,
  Tags: list(Tag),
}, ["ResourceArn", "Tags"]);
const TagResourceOutput = structure({});
const UntagResourceInput = structure({
  ResourceArn: string,
  TagKeys: list(string),
}, ["ResourceArn", "TagKeys"]);
const UntagResourceOutput = structure({});
const UpdateApplicationInput = structure({
  applicationName: string,
  newApplicationName: string,
});
const UpdateDeploymentGroupInput = structure({
  applicationName: string,
  currentDeploymentGroupName: string,
  newDeploymentGroupName: string,
  deploymentConfigName: string,
  ec2TagFilters: list(EC2TagFilter),
  onPremisesInstanceTagFilters: list(TagFilter),
  autoScalingGroups: list(string),
  serviceRoleArn: string,
  triggerConfigurations: list(TriggerConfig),
  alarmConfiguration: AlarmConfiguration,
  autoRollbackConfiguration: AutoRollbackConfiguration,
  outdatedInstancesStrategy: string,
  deploymentStyle: DeploymentStyle,
  blueGreenDeploymentConfiguration: BlueGreenDeploymentConfiguration,
  loadBalancerInfo: LoadBalancerInfo,
  ec2TagSet: EC2TagSet,
  ecsServices: list(ECSService),
  onPremisesTagSet: OnPremisesTagSet,
  terminationHookEnabled: boolean,
}, ["applicationName", "currentDeploymentGroupName"]);
const UpdateDeploymentGroupOutput = structure({
  hooksNotCleanedUp: list(AutoScalingGroup),
});

/** Every CodeDeploy operation: its input and output, in the SDK's types. */
export interface CodeDeployOperations {
  AddTagsToOnPremisesInstances: { input: sdk.AddTagsToOnPremisesInstancesInput; output: Record<string, never> };
  BatchGetApplicationRevisions: { input: sdk.BatchGetApplicationRevisionsInput; output: sdk.BatchGetApplicationRevisionsOutput };
  BatchGetApplications: { input: sdk.BatchGetApplicationsInput; output: sdk.BatchGetApplicationsOutput };
  BatchGetDeploymentGroups: { input: sdk.BatchGetDeploymentGroupsInput; output: sdk.BatchGetDeploymentGroupsOutput };
  BatchGetDeploymentInstances: { input: sdk.BatchGetDeploymentInstancesInput; output: sdk.BatchGetDeploymentInstancesOutput };
  BatchGetDeploymentTargets: { input: sdk.BatchGetDeploymentTargetsInput; output: sdk.BatchGetDeploymentTargetsOutput };
  BatchGetDeployments: { input: sdk.BatchGetDeploymentsInput; output: sdk.BatchGetDeploymentsOutput };
  BatchGetOnPremisesInstances: { input: sdk.BatchGetOnPremisesInstancesInput; output: sdk.BatchGetOnPremisesInstancesOutput };
  ContinueDeployment: { input: sdk.ContinueDeploymentInput; output: Record<string, never> };
  CreateApplication: { input: sdk.CreateApplicationInput; output: sdk.CreateApplicationOutput };
  CreateDeployment: { input: sdk.CreateDeploymentInput; output: sdk.CreateDeploymentOutput };
  CreateDeploymentConfig: { input: sdk.CreateDeploymentConfigInput; output: sdk.CreateDeploymentConfigOutput };
  CreateDeploymentGroup: { input: sdk.CreateDeploymentGroupInput; output: sdk.CreateDeploymentGroupOutput };
  DeleteApplication: { input: sdk.DeleteApplicationInput; output: Record<string, never> };
  DeleteDeploymentConfig: { input: sdk.DeleteDeploymentConfigInput; output: Record<string, never> };
  DeleteDeploymentGroup: { input: sdk.DeleteDeploymentGroupInput; output: sdk.DeleteDeploymentGroupOutput };
  DeleteGitHubAccountToken: { input: sdk.DeleteGitHubAccountTokenInput; output: sdk.DeleteGitHubAccountTokenOutput };
  DeleteResourcesByExternalId: { input: sdk.DeleteResourcesByExternalIdInput; output: sdk.DeleteResourcesByExternalIdOutput };
  DeregisterOnPremisesInstance: { input: sdk.DeregisterOnPremisesInstanceInput; output: Record<string, never> };
  GetApplication: { input: sdk.GetApplicationInput; output: sdk.GetApplicationOutput };
  GetApplicationRevision: { input: sdk.GetApplicationRevisionInput; output: sdk.GetApplicationRevisionOutput };
  GetDeployment: { input: sdk.GetDeploymentInput; output: sdk.GetDeploymentOutput };
  GetDeploymentConfig: { input: sdk.GetDeploymentConfigInput; output: sdk.GetDeploymentConfigOutput };
  GetDeploymentGroup: { input: sdk.GetDeploymentGroupInput; output: sdk.GetDeploymentGroupOutput };
  GetDeploymentInstance: { input: sdk.GetDeploymentInstanceInput; output: sdk.GetDeploymentInstanceOutput };
  GetDeploymentTarget: { input: sdk.GetDeploymentTargetInput; output: sdk.GetDeploymentTargetOutput };
  GetOnPremisesInstance: { input: sdk.GetOnPremisesInstanceInput; output: sdk.GetOnPremisesInstanceOutput };
  ListApplicationRevisions: { input: sdk.ListApplicationRevisionsInput; output: sdk.ListApplicationRevisionsOutput };
  ListApplications: { input: sdk.ListApplicationsInput; output: sdk.ListApplicationsOutput };
  ListDeploymentConfigs: { input: sdk.ListDeploymentConfigsInput; output: sdk.ListDeploymentConfigsOutput };
  ListDeploymentGroups: { input: sdk.ListDeploymentGroupsInput; output: sdk.ListDeploymentGroupsOutput };
  ListDeploymentInstances: { input: sdk.ListDeploymentInstancesInput; output: sdk.ListDeploymentInstancesOutput };
  ListDeploymentTargets: { input: sdk.ListDeploymentTargetsInput; output: sdk.ListDeploymentTargetsOutput };
  ListDeployments: { input: sdk.ListDeploymentsInput; output: sdk.ListDeploymentsOutput };
  ListGitHubAccountTokenNames: { input: sdk.ListGitHubAccountTokenNamesInput; output: sdk.ListGitHubAccountTokenNamesOutput };
  ListOnPremisesInstances: { input: sdk.ListOnPremisesInstancesInput; output: sdk.ListOnPremisesInstancesOutput };
  ListTagsForResource: { input: sdk.ListTagsForResourceInput; output: sdk.ListTagsForResourceOutput };
  PutLifecycleEventHookExecutionStatus: { input: sdk.PutLifecycleEventHookExecutionStatusInput; output: sdk.PutLifecycleEventHookExecutionStatusOutput };
  RegisterApplicationRevision: { input: sdk.RegisterApplicationRevisionInput; output: Record<string, never> };
  RegisterOnPremisesInstance: { input: sdk.RegisterOnPremisesInstanceInput; output: Record<string, never> };
  RemoveTagsFromOnPremisesInstances: { input: sdk.RemoveTagsFromOnPremisesInstancesInput; output: Record<string, never> };
  SkipWaitTimeForInstanceTermination: { input: sdk.SkipWaitTimeForInstanceTerminationInput; output: Record<string, never> };
  StopDeployment: { input: sdk.StopDeploymentInput; output: sdk.StopDeploymentOutput };
  TagResource: { input: sdk.TagResourceInput; output: sdk.TagResourceOutput };
  UntagResource: { input: sdk.UntagResourceInput; output: sdk.UntagResourceOutput };
  UpdateApplication: { input: sdk.UpdateApplicationInput; output: Record<string, never> };
  UpdateDeploymentGroup: { input: sdk.UpdateDeploymentGroupInput; output: sdk.UpdateDeploymentGroupOutput };
}

/** Every CodeDeploy operation on the wire; the compiler holds it to the SDK's types. */
export const CODEDEPLOY_TABLE = {
  AddTagsToOnPremisesInstances: { input: AddTagsToOnPremisesInstancesInput, output: structure({}) },
  BatchGetApplicationRevisions: { input: BatchGetApplicationRevisionsInput, output: BatchGetApplicationRevisionsOutput },
  BatchGetApplications: { input: BatchGetApplicationsInput, output: BatchGetApplicationsOutput },
  BatchGetDeploymentGroups: { input: BatchGetDeploymentGroupsInput, output: BatchGetDeploymentGroupsOutput },
  BatchGetDeploymentInstances: { input: BatchGetDeploymentInstancesInput, output: BatchGetDeploymentInstancesOutput },
  BatchGetDeploymentTargets: { input: BatchGetDeploymentTargetsInput, output: BatchGetDeploymentTargetsOutput },
  BatchGetDeployments: { input: BatchGetDeploymentsInput, output: BatchGetDeploymentsOutput },
  BatchGetOnPremisesInstances: { input: BatchGetOnPremisesInstancesInput, output: BatchGetOnPremisesInstancesOutput },
  ContinueDeployment: { input: ContinueDeploymentInput, output: structure({}) },
  CreateApplication: { input: CreateApplicationInput, output: CreateApplicationOutput },
  CreateDeployment: { input: CreateDeploymentInput, output: CreateDeploymentOutput },
  CreateDeploymentConfig: { input: CreateDeploymentConfigInput, output: CreateDeploymentConfigOutput },
  CreateDeploymentGroup: { input: CreateDeploymentGroupInput, output: CreateDeploymentGroupOutput },
  DeleteApplication: { input: DeleteApplicationInput, output: structure({}) },
  DeleteDeploymentConfig: { input: DeleteDeploymentConfigInput, output: structure({}) },
  DeleteDeploymentGroup: { input: DeleteDeploymentGroupInput, output: DeleteDeploymentGroupOutput },
  DeleteGitHubAccountToken: { input: DeleteGitHubAccountTokenInput, output: DeleteGitHubAccountTokenOutput },
  DeleteResourcesByExternalId: { input: DeleteResourcesByExternalIdInput, output: DeleteResourcesByExternalIdOutput },
  DeregisterOnPremisesInstance: { input: DeregisterOnPremisesInstanceInput, output: structure({}) },
  GetApplication: { input: GetApplicationInput, output: GetApplicationOutput },
  GetApplicationRevision: { input: GetApplicationRevisionInput, output: GetApplicationRevisionOutput },
  GetDeployment: { input: GetDeploymentInput, output: GetDeploymentOutput },
  GetDeploymentConfig: { input: GetDeploymentConfigInput, output: GetDeploymentConfigOutput },
  GetDeploymentGroup: { input: GetDeploymentGroupInput, output: GetDeploymentGroupOutput },
  GetDeploymentInstance: { input: GetDeploymentInstanceInput, output: GetDeploymentInstanceOutput },
  GetDeploymentTarget: { input: GetDeploymentTargetInput, output: GetDeploymentTargetOutput },
  GetOnPremisesInstance: { input: GetOnPremisesInstanceInput, output: GetOnPremisesInstanceOutput },
  ListApplicationRevisions: { input: ListApplicationRevisionsInput, output: ListApplicationRevisionsOutput },
  ListApplications: { input: ListApplicationsInput, output: ListApplicationsOutput },
  ListDeploymentConfigs: { input: ListDeploymentConfigsInput, output: ListDeploymentConfigsOutput },
  ListDeploymentGroups: { input: ListDeploymentGroupsInput, output: ListDeploymentGroupsOutput },
  ListDeploymentInstances: { input: ListDeploymentInstancesInput, output: ListDeploymentInstancesOutput },
  ListDeploymentTargets: { input: ListDeploymentTargetsInput, output: ListDeploymentTargetsOutput },
  ListDeployments: { input: ListDeploymentsInput, output: ListDeploymentsOutput },
  ListGitHubAccountTokenNames: { input: ListGitHubAccountTokenNamesInput, output: ListGitHubAccountTokenNamesOutput },
  ListOnPremisesInstances: { input: ListOnPremisesInstancesInput, output: ListOnPremisesInstancesOutput },
  ListTagsForResource: { input: ListTagsForResourceInput, output: ListTagsForResourceOutput },
  PutLifecycleEventHookExecutionStatus: { input: PutLifecycleEventHookExecutionStatusInput, output: PutLifecycleEventHookExecutionStatusOutput },
  RegisterApplicationRevision: { input: RegisterApplicationRevisionInput, output: structure({}) },
  RegisterOnPremisesInstance: { input: RegisterOnPremisesInstanceInput, output: structure({}) },
  RemoveTagsFromOnPremisesInstances: { input: RemoveTagsFromOnPremisesInstancesInput, output: structure({}) },
  SkipWaitTimeForInstanceTermination: { input: SkipWaitTimeForInstanceTerminationInput, output: structure({}) },
  StopDeployment: { input: StopDeploymentInput, output: StopDeploymentOutput },
  TagResource: { input: TagResourceInput, output: TagResourceOutput },
  UntagResource: { input: UntagResourceInput, output: UntagResourceOutput },
  UpdateApplication: { input: UpdateApplicationInput, output: structure({}) },
  UpdateDeploymentGroup: { input: UpdateDeploymentGroupInput, output: UpdateDeploymentGroupOutput },
} satisfies TableFor<CodeDeployOperations>;

/** Every fault that the service declares. */
export const CODEDEPLOY_ERRORS = [
  "AlarmsLimitExceededException",
  "ApplicationAlreadyExistsException",
  "ApplicationDoesNotExistException",
  "ApplicationLimitExceededException",
  "ApplicationNameRequiredException",
  "ArnNotSupportedException",
  "BatchLimitExceededException",
  "BucketNameFilterRequiredException",
  "DeploymentAlreadyCompletedException",
  "DeploymentConfigAlreadyExistsException",
  "DeploymentConfigDoesNotExistException",
  "DeploymentConfigInUseException",
  "DeploymentConfigLimitExceededException",
  "DeploymentConfigNameRequiredException",
  "DeploymentDoesNotExistException",
  "DeploymentGroupAlreadyExistsException",
  "DeploymentGroupDoesNotExistException",
  "DeploymentGroupLimitExceededException",
  "DeploymentGroupNameRequiredException",
  "DeploymentIdRequiredException",
  "DeploymentIsNotInReadyStateException",
  "DeploymentLimitExceededException",
  "DeploymentNotStartedException",
  "DeploymentTargetDoesNotExistException",
  "DeploymentTargetIdRequiredException",
  "DeploymentTargetListSizeExceededException",
  "DescriptionTooLongException",
  "ECSServiceMappingLimitExceededException",
  "GitHubAccountTokenDoesNotExistException",
  "GitHubAccountTokenNameRequiredException",
  "IamArnRequiredException",
  "IamSessionArnAlreadyRegisteredException",
  "IamUserArnAlreadyRegisteredException",
  "IamUserArnRequiredException",
  "InstanceDoesNotExistException",
  "InstanceIdRequiredException",
  "InstanceLimitExceededException",
  "InstanceNameAlreadyRegisteredException",
  "InstanceNameRequiredException",
  "InstanceNotRegisteredException",
  "InvalidAlarmConfigException",
  "InvalidApplicationNameException",
  "InvalidArnException",
  "InvalidAutoRollbackConfigException",
  "InvalidAutoScalingGroupException",
  "InvalidBlueGreenDeploymentConfigurationException",
  "InvalidBucketNameFilterException",
  "InvalidComputePlatformException",
  "InvalidDeployedStateFilterException",
  "InvalidDeploymentConfigNameException",
  "InvalidDeploymentGroupNameException",
  "InvalidDeploymentIdException",
  "InvalidDeploymentInstanceTypeException",
  "InvalidDeploymentStatusException",
  "InvalidDeploymentStyleException",
  "InvalidDeploymentTargetIdException",
  "InvalidDeploymentWaitTypeException",
  "InvalidEC2TagCombinationException",
  "InvalidEC2TagException",
  "InvalidECSServiceException",
  "InvalidExternalIdException",
  "InvalidFileExistsBehaviorException",
  "InvalidGitHubAccountTokenException",
  "InvalidGitHubAccountTokenNameException",
  "InvalidIamSessionArnException",
  "InvalidIamUserArnException",
  "InvalidIgnoreApplicationStopFailuresValueException",
  "InvalidInputException",
  "InvalidInstanceNameException",
  "InvalidInstanceStatusException",
  "InvalidInstanceTypeException",
  "InvalidKeyPrefixFilterException",
  "InvalidLifecycleEventHookExecutionIdException",
  "InvalidLifecycleEventHookExecutionStatusException",
  "InvalidLoadBalancerInfoException",
  "InvalidMinimumHealthyHostValueException",
  "InvalidNextTokenException",
  "InvalidOnPremisesTagCombinationException",
  "InvalidOperationException",
  "InvalidRegistrationStatusException",
  "InvalidRevisionException",
  "InvalidRoleException",
  "InvalidSortByException",
  "InvalidSortOrderException",
  "InvalidTagException",
  "InvalidTagFilterException",
  "InvalidTagsToAddException",
  "InvalidTargetFilterNameException",
  "InvalidTargetGroupPairException",
  "InvalidTargetInstancesException",
  "InvalidTimeRangeException",
  "InvalidTrafficRoutingConfigurationException",
  "InvalidTriggerConfigException",
  "InvalidUpdateOutdatedInstancesOnlyValueException",
  "InvalidZonalDeploymentConfigurationException",
  "LifecycleEventAlreadyCompletedException",
  "LifecycleHookLimitExceededException",
  "MultipleIamArnsProvidedException",
  "OperationNotSupportedException",
  "ResourceArnRequiredException",
  "ResourceValidationException",
  "RevisionDoesNotExistException",
  "RevisionRequiredException",
  "RoleRequiredException",
  "TagLimitExceededException",
  "TagRequiredException",
  "TagSetListLimitExceededException",
  "ThrottlingException",
  "TriggerTargetsLimitExceededException",
  "UnsupportedActionForDeploymentTypeException",
] as const;
