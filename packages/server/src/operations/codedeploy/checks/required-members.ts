import { requireServiceRole } from "@sluice/model/input-checks/deployment-group-checks.ts";
import {
  requireApplicationName,
  requireDeploymentConfigName,
  requireDeploymentGroupName,
  requireDeploymentId,
  requireGitHubTokenName,
} from "@sluice/model/input-checks/required-names.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { requireInstanceName, requireInstanceNames, requireTags } from "../../on-premises/on-premises-instance.ts";
import { requireAnyArn } from "../../on-premises/registered-arn.ts";
import { requireBucketOfPrefix } from "./bucket-of-prefix.ts";
import {
  requireApplicationNames,
  requireDeploymentGroupNames,
  requireDeploymentIds,
  requireInstanceIds,
  requireResourceTags,
  requireRevisions,
  requireTagKeys,
  requireTargetIds,
} from "./required-lists.ts";
import { requireResourceArn } from "./resource-tag-input.ts";
import { requireRevision } from "./revision-input.ts";
import { missingInstanceId, requireTargetId } from "./target-ids.ts";

type Inputs = { readonly [Name in keyof CodeDeployOperations]: CodeDeployOperations[Name]["input"] };
/** Throws what the operation answers when the member is missing. */
type Missing = (missing: undefined, field: string) => unknown;
type Members<Input> = { readonly [Member in keyof Input]?: Missing };

const APPLICATION = { applicationName: requireApplicationName };
const GROUP = { ...APPLICATION, deploymentGroupName: requireDeploymentGroupName };
const CONFIG = { deploymentConfigName: requireDeploymentConfigName };
const DEPLOYMENT = { deploymentId: requireDeploymentId };
const INSTANCE = { instanceName: requireInstanceName };
const TAGGED_INSTANCES = { instanceNames: requireInstanceNames, tags: requireTags };

/** The members that each operation cannot do without, in the order in which they are looked for. */
const REQUIRED: { readonly [Name in keyof Inputs]?: Members<Inputs[Name]> } = {
  AddTagsToOnPremisesInstances: TAGGED_INSTANCES,
  BatchGetApplicationRevisions: { ...APPLICATION, revisions: requireRevisions },
  BatchGetApplications: { applicationNames: requireApplicationNames },
  BatchGetDeploymentGroups: { ...APPLICATION, deploymentGroupNames: requireDeploymentGroupNames },
  BatchGetDeploymentInstances: { ...DEPLOYMENT, instanceIds: requireInstanceIds },
  BatchGetDeployments: { deploymentIds: requireDeploymentIds },
  BatchGetDeploymentTargets: { ...DEPLOYMENT, targetIds: requireTargetIds },
  BatchGetOnPremisesInstances: { instanceNames: requireInstanceNames },
  ContinueDeployment: DEPLOYMENT,
  CreateApplication: APPLICATION,
  CreateDeployment: GROUP,
  CreateDeploymentConfig: CONFIG,
  CreateDeploymentGroup: { ...GROUP, serviceRoleArn: requireServiceRole },
  DeleteApplication: APPLICATION,
  DeleteDeploymentConfig: CONFIG,
  DeleteDeploymentGroup: GROUP,
  DeleteGitHubAccountToken: { tokenName: requireGitHubTokenName },
  DeregisterOnPremisesInstance: INSTANCE,
  GetApplication: APPLICATION,
  GetApplicationRevision: { ...APPLICATION, revision: requireRevision },
  GetDeployment: DEPLOYMENT,
  GetDeploymentConfig: CONFIG,
  GetDeploymentGroup: GROUP,
  GetDeploymentInstance: { ...DEPLOYMENT, instanceId: missingInstanceId },
  GetDeploymentTarget: { ...DEPLOYMENT, targetId: requireTargetId },
  GetOnPremisesInstance: INSTANCE,
  ListApplicationRevisions: APPLICATION,
  ListDeploymentGroups: APPLICATION,
  ListDeploymentInstances: DEPLOYMENT,
  ListDeploymentTargets: DEPLOYMENT,
  ListTagsForResource: { ResourceArn: requireResourceArn },
  PutLifecycleEventHookExecutionStatus: DEPLOYMENT,
  RegisterApplicationRevision: { ...APPLICATION, revision: requireRevision },
  RegisterOnPremisesInstance: INSTANCE,
  RemoveTagsFromOnPremisesInstances: TAGGED_INSTANCES,
  SkipWaitTimeForInstanceTermination: DEPLOYMENT,
  StopDeployment: DEPLOYMENT,
  TagResource: { ResourceArn: requireResourceArn, Tags: requireResourceTags },
  UntagResource: { ResourceArn: requireResourceArn, TagKeys: requireTagKeys },
  UpdateApplication: APPLICATION,
  UpdateDeploymentGroup: { ...APPLICATION, currentDeploymentGroupName: requireDeploymentGroupName },
};

/** Members that are required because of what others are. */
const REQUIRED_TOGETHER: { readonly [Name in keyof Inputs]?: (input: Inputs[Name]) => void } = {
  CreateDeployment: ({ deploymentMode, revision }) => {
    // A restart is of what the group has.
    if (revision === undefined && deploymentMode !== "RESTART") requireRevision(revision);
  },
  ListApplicationRevisions: requireBucketOfPrefix,
  ListDeployments: ({ applicationName, deploymentGroupName }) => {
    if (isMissing(applicationName) && isMissing(deploymentGroupName)) return;
    if (isMissing(applicationName)) requireApplicationName(undefined);
    if (isMissing(deploymentGroupName)) requireDeploymentGroupName(undefined);
  },
  RegisterOnPremisesInstance: requireAnyArn,
};

/** Before anything else is said of an input: what it lacks. */
export function checkRequiredMembers(operation: keyof CodeDeployOperations, input: object): void {
  const members = (REQUIRED[operation] ?? {}) as Readonly<Record<string, Missing>>;
  for (const [member, missing] of Object.entries(members)) {
    if (isMissing((input as Readonly<Record<string, unknown>>)[member])) missing(undefined, member);
  }
  (REQUIRED_TOGETHER[operation] as ((input: object) => void) | undefined)?.(input);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
