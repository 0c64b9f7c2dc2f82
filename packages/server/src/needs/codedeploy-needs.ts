import type { CreateDeploymentInput } from "@aws-sdk/client-codedeploy";
import { applicationArn, deploymentGroupArn, parseCodeDeployArn } from "@sluice/model/resource-arn.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { findApplication } from "../store/applications.ts";
import { findDeploymentGroup } from "../store/deployment-groups.ts";
import {
  ANY_RESOURCE,
  type NeedsContext,
  type NeedsOf,
  onApplication,
  onConfig,
  onDeployments,
  onGroup,
  onInstance,
  requestTags,
} from "./needs-context.ts";

type Operations = CodeDeployOperations;
type Table = { readonly [Name in keyof Operations]: NeedsOf<Operations[Name]["input"]> };
type Names<Member extends string> = {
  [Name in keyof Operations]: Member extends keyof Operations[Name]["input"] ? Name : never;
}[keyof Operations];

/**
 * On which resources each of CodeDeploy's operations is allowed or not, as "Actions, resources, and condition keys for AWS CodeDeploy" of the
 * service authorization reference has it. Where that asks for all of a kind (BatchGetApplications), those that the call names will do here.
 */
export const CODEDEPLOY_NEEDS: Table = {
  AddTagsToOnPremisesInstances: ({ instanceNames }, context) =>
    onInstances(context, "codedeploy:AddTagsToOnPremisesInstances", instanceNames),
  BatchGetApplicationRevisions: application("BatchGetApplicationRevisions"),
  BatchGetApplications: ({ applicationNames }, context) =>
    each(applicationNames, (name) => onApplication(context, "codedeploy:BatchGetApplications", name)),
  BatchGetDeploymentGroups: ({ applicationName, deploymentGroupNames }, context) =>
    each(deploymentGroupNames, (name) =>
      onGroup(context, "codedeploy:BatchGetDeploymentGroups", applicationName, name),
    ),
  BatchGetDeploymentInstances: deployment("BatchGetDeploymentInstances"),
  BatchGetDeploymentTargets: deployment("BatchGetDeploymentTargets"),
  BatchGetDeployments: ({ deploymentIds }, context) =>
    onDeployments(context, "codedeploy:BatchGetDeployments", deploymentIds),
  BatchGetOnPremisesInstances: anything("codedeploy:BatchGetOnPremisesInstances"),
  ContinueDeployment: deployment("ContinueDeployment"),
  CreateApplication: ({ applicationName, tags }, context) => [
    onApplication(context, "codedeploy:CreateApplication", applicationName, {
      requestTags: requestTags(tags),
      isNew: true,
    }),
  ],
  CreateDeployment: createDeploymentNeeds,
  CreateDeploymentConfig: config("CreateDeploymentConfig"),
  CreateDeploymentGroup: ({ applicationName, deploymentGroupName, tags }, context) => [
    onGroup(context, "codedeploy:CreateDeploymentGroup", applicationName, deploymentGroupName, {
      requestTags: requestTags(tags),
      isNew: true,
    }),
  ],
  DeleteApplication: application("DeleteApplication"),
  DeleteDeploymentConfig: config("DeleteDeploymentConfig"),
  DeleteDeploymentGroup: group("DeleteDeploymentGroup"),
  DeleteGitHubAccountToken: anything("codedeploy:DeleteGitHubAccountToken"),
  DeleteResourcesByExternalId: anything("codedeploy:DeleteResourcesByExternalId"),
  DeregisterOnPremisesInstance: instance("DeregisterOnPremisesInstance"),
  GetApplication: application("GetApplication"),
  GetApplicationRevision: application("GetApplicationRevision"),
  GetDeployment: deployment("GetDeployment"),
  GetDeploymentConfig: config("GetDeploymentConfig"),
  GetDeploymentGroup: group("GetDeploymentGroup"),
  GetDeploymentInstance: deployment("GetDeploymentInstance"),
  GetDeploymentTarget: deployment("GetDeploymentTarget"),
  GetOnPremisesInstance: instance("GetOnPremisesInstance"),
  ListApplicationRevisions: application("ListApplicationRevisions"),
  ListApplications: (_input, context) => [onApplication(context, "codedeploy:ListApplications", undefined)],
  ListDeploymentConfigs: (_input, context) => [onConfig(context, "codedeploy:ListDeploymentConfigs", undefined)],
  ListDeploymentGroups: ({ applicationName }, context) => [
    onGroup(context, "codedeploy:ListDeploymentGroups", applicationName, undefined),
  ],
  ListDeploymentInstances: deployment("ListDeploymentInstances"),
  ListDeploymentTargets: deployment("ListDeploymentTargets"),
  ListDeployments: group("ListDeployments"),
  ListGitHubAccountTokenNames: anything("codedeploy:ListGitHubAccountTokenNames"),
  ListOnPremisesInstances: anything("codedeploy:ListOnPremisesInstances"),
  ListTagsForResource: ({ ResourceArn }, context) => [
    { action: "codedeploy:ListTagsForResource", resource: taggedArn(context, ResourceArn) },
  ],
  PutLifecycleEventHookExecutionStatus: deployment("PutLifecycleEventHookExecutionStatus"),
  RegisterApplicationRevision: application("RegisterApplicationRevision"),
  RegisterOnPremisesInstance: instance("RegisterOnPremisesInstance"),
  RemoveTagsFromOnPremisesInstances: ({ instanceNames }, context) =>
    onInstances(context, "codedeploy:RemoveTagsFromOnPremisesInstances", instanceNames),
  SkipWaitTimeForInstanceTermination: deployment("SkipWaitTimeForInstanceTermination"),
  StopDeployment: deployment("StopDeployment"),
  TagResource: ({ ResourceArn, Tags }, context) => [
    {
      action: "codedeploy:TagResource",
      resource: taggedArn(context, ResourceArn),
      requestTags: requestTags(Tags),
    },
  ],
  UntagResource: ({ ResourceArn, TagKeys }, context) => [
    { action: "codedeploy:UntagResource", resource: taggedArn(context, ResourceArn), takenTagKeys: TagKeys },
  ],
  UpdateApplication: ({ applicationName, newApplicationName }, context) => [
    onApplication(context, "codedeploy:UpdateApplication", applicationName),
    ...(newApplicationName === undefined
      ? []
      : [onApplication(context, "codedeploy:UpdateApplication", newApplicationName)]),
  ],
  UpdateDeploymentGroup: ({ applicationName, currentDeploymentGroupName, newDeploymentGroupName }, context) => [
    onGroup(context, "codedeploy:UpdateDeploymentGroup", applicationName, currentDeploymentGroupName),
    ...(newDeploymentGroupName === undefined
      ? []
      : [onGroup(context, "codedeploy:UpdateDeploymentGroup", applicationName, newDeploymentGroupName)]),
  ],
};

/** Its configuration and its revision are read for it, and alarms that it does without are a change of the group's settings. */
async function createDeploymentNeeds(input: CreateDeploymentInput, context: NeedsContext): Promise<readonly Need[]> {
  const { applicationName, deploymentGroupName } = input;
  const needs = [onGroup(context, "codedeploy:CreateDeployment", applicationName, deploymentGroupName)];
  const configName = input.deploymentConfigName ?? (await configOfGroup(input, context));
  if (configName !== undefined) needs.push(onConfig(context, "codedeploy:GetDeploymentConfig", configName));
  needs.push(
    onApplication(context, "codedeploy:GetApplicationRevision", applicationName, {
      or: ["codedeploy:RegisterApplicationRevision"],
    }),
  );
  if (input.overrideAlarmConfiguration !== undefined) {
    needs.push(onGroup(context, "codedeploy:UpdateDeploymentGroup", applicationName, deploymentGroupName));
  }
  return needs;
}

/** Undefined: there is no such group, which the operation tells. */
async function configOfGroup(
  { applicationName, deploymentGroupName }: CreateDeploymentInput,
  { db }: NeedsContext,
): Promise<string | undefined> {
  if (!applicationName || !deploymentGroupName) return undefined;
  const found = await findApplication(db, applicationName);
  const row = found && (await findDeploymentGroup(db, found.application_id, deploymentGroupName));
  return row?.deployment_config_name;
}

function application<Name extends Names<"applicationName">>(
  name: Name,
): NeedsOf<{ applicationName?: string | undefined }> {
  return ({ applicationName }, context) => [onApplication(context, `codedeploy:${name}`, applicationName)];
}

function group<Name extends Names<"deploymentGroupName">>(
  name: Name,
): NeedsOf<{ applicationName?: string | undefined; deploymentGroupName?: string | undefined }> {
  return ({ applicationName, deploymentGroupName }, context) => [
    onGroup(context, `codedeploy:${name}`, applicationName, deploymentGroupName),
  ];
}

function deployment<Name extends Names<"deploymentId">>(name: Name): NeedsOf<{ deploymentId?: string | undefined }> {
  return ({ deploymentId }, context) => onDeployments(context, `codedeploy:${name}`, [deploymentId]);
}

function config<Name extends Names<"deploymentConfigName">>(
  name: Name,
): NeedsOf<{ deploymentConfigName?: string | undefined }> {
  return ({ deploymentConfigName }, context) => [onConfig(context, `codedeploy:${name}`, deploymentConfigName)];
}

function instance<Name extends Names<"instanceName">>(name: Name): NeedsOf<{ instanceName?: string | undefined }> {
  return ({ instanceName }, context) => [onInstance(context, `codedeploy:${name}`, instanceName)];
}

/** Written as policies write it, and as its tags are kept: of another partition it means the same here. */
function taggedArn(context: NeedsContext, arn: string | undefined): string {
  const { resource, region, accountId } = (arn && parseCodeDeployArn(arn)) || {};
  const isOurs = region === context.region && accountId === context.accountId;
  if (!resource || resource.type === "other" || !isOurs) return arn || ANY_RESOURCE;
  return resource.type === "application"
    ? applicationArn(context, resource.applicationName)
    : deploymentGroupArn(context, resource.applicationName, resource.deploymentGroupName);
}

function anything(action: Action): NeedsOf<unknown> {
  return () => [{ action, resource: ANY_RESOURCE }];
}

function onInstances(context: NeedsContext, action: Action, names: readonly string[] | undefined): readonly Need[] {
  return names && names.length > 0
    ? names.map((name) => onInstance(context, action, name))
    : [onInstance(context, action, undefined)];
}

/** One for each name; for no name one on all of them. */
function each(names: readonly string[] | undefined, needOf: (name: string | undefined) => Need): readonly Need[] {
  if (!names || names.length === 0) return [needOf(undefined)];
  return [...new Set(names)].map(needOf);
}
