import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { GroupFields } from "@sluice/model/deployment-group-fields.ts";
import {
  checkGroupFields,
  checkServiceRole,
  checkWholeGroup,
  requireServiceRole,
} from "@sluice/model/input-checks/deployment-group-checks.ts";
import { requireDeploymentConfigName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { MAX_HOOK_TIMEOUT_SECONDS, MIN_HOOK_TIMEOUT_SECONDS } from "@sluice/model/limits.ts";
import type { ServiceLimits } from "@sluice/model/service-limits.ts";
import { type Problems, problemOf, problemsOf } from "../../forms/problem-of.ts";
import { tagsOf } from "../../forms/tag-rows.ts";
import { numberOf, type WrittenFields, writtenFields } from "./group-fields.ts";
import { type GroupForm, isShifting } from "./group-form-state.ts";

/** The parts of the form, each with a place for what is wrong with it. */
export type GroupField =
  | "name"
  | "serviceRole"
  | "config"
  | "style"
  | "blueGreen"
  | "ec2"
  | "onPremises"
  | "autoScaling"
  | "balancers"
  | "service"
  | "pair"
  | "rollback"
  | "alarms"
  | "triggers"
  | "tags"
  | "hookTimeout";

/** Which part of the form an input's member is typed in. */
const FIELD_OF_MEMBER: Readonly<Partial<Record<keyof WrittenFields, GroupField>>> = {
  deploymentStyle: "style",
  ec2TagFilters: "ec2",
  ec2TagSet: "ec2",
  onPremisesInstanceTagFilters: "onPremises",
  onPremisesTagSet: "onPremises",
  autoScalingGroups: "autoScaling",
  autoRollbackConfiguration: "rollback",
  alarmConfiguration: "alarms",
  triggerConfigurations: "triggers",
};

/** What the API would refuse, in its words, at the part of the form that it is about. */
export function groupProblems(
  form: GroupForm,
  platform: ComputePlatform,
  config: { readonly computePlatform: ComputePlatform } | undefined,
  limits: ServiceLimits,
): Problems<GroupField> {
  const fields = writtenFields(form, platform);
  const found: { [F in GroupField]?: string } = {
    ...problemsOf({
      name: () => requireDeploymentGroupName(form.name),
      serviceRole: () => checkServiceRole(requireServiceRole(form.serviceRoleArn)),
      config: () => requireDeploymentConfigName(form.deploymentConfigName),
      tags: () => readResourceTags(tagsOf(form.tags), limits),
    }),
  };
  for (const [member, field] of Object.entries(FIELD_OF_MEMBER)) {
    const problem = problemOf(() =>
      checkGroupFields({ [member]: fields[member as keyof WrittenFields] } as GroupFields, limits),
    );
    if (problem !== undefined) found[field] ??= problem;
  }
  const balancerField = platform === "ECS" ? "pair" : "balancers";
  const balancerProblem = problemOf(() =>
    checkGroupFields({ loadBalancerInfo: fields.loadBalancerInfo } as GroupFields, limits),
  );
  if (balancerProblem !== undefined) found[balancerField] ??= balancerProblem;
  const hookTimeout = hookTimeoutProblem(form, platform);
  if (hookTimeout !== undefined) found.hookTimeout = hookTimeout;
  const whole = wholeProblem(form, fields, platform, config, limits);
  if (whole !== undefined) found[whole.field] ??= whole.message;
  return found;
}

/** What can only be said of all of it together. */
function wholeProblem(
  form: GroupForm,
  fields: WrittenFields,
  platform: ComputePlatform,
  config: { readonly computePlatform: ComputePlatform } | undefined,
  limits: ServiceLimits,
): { readonly field: GroupField; readonly message: string } | undefined {
  const found = problemWithCode(() =>
    checkWholeGroup(
      platform,
      { computePlatform: config?.computePlatform ?? platform, deploymentConfigName: form.deploymentConfigName },
      fields as GroupFields,
      limits,
    ),
  );
  return found && { field: fieldOfFault(found.code, platform) ?? "style", message: found.message };
}

function problemWithCode(check: () => void): { readonly code: string; readonly message: string } | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code === "string" && typeof message === "string") return { code, message };
    throw error;
  }
}

/** As PutGroupSettings says it. */
function hookTimeoutProblem({ settings }: GroupForm, platform: ComputePlatform): string | undefined {
  if (!isShifting(platform)) return undefined;
  const seconds = numberOf(settings.hookTimeoutSeconds);
  if (Number.isInteger(seconds) && seconds >= MIN_HOOK_TIMEOUT_SECONDS && seconds <= MAX_HOOK_TIMEOUT_SECONDS) {
    return undefined;
  }
  return `hookTimeoutSeconds is ${settings.hookTimeoutSeconds || "empty"}: give whole seconds, ${MIN_HOOK_TIMEOUT_SECONDS} to ${MAX_HOOK_TIMEOUT_SECONDS}.`;
}

const FIELD_OF_FAULT: Readonly<Record<string, GroupField>> = {
  DeploymentGroupNameRequiredException: "name",
  InvalidDeploymentGroupNameException: "name",
  DeploymentGroupAlreadyExistsException: "name",
  DeploymentGroupLimitExceededException: "name",
  RoleRequiredException: "serviceRole",
  InvalidRoleException: "serviceRole",
  DeploymentConfigDoesNotExistException: "config",
  DeploymentConfigNameRequiredException: "config",
  InvalidDeploymentConfigNameException: "config",
  InvalidDeploymentStyleException: "style",
  InvalidBlueGreenDeploymentConfigurationException: "blueGreen",
  InvalidEC2TagException: "ec2",
  InvalidEC2TagCombinationException: "ec2",
  InvalidTagException: "onPremises",
  InvalidOnPremisesTagCombinationException: "onPremises",
  TagSetListLimitExceededException: "ec2",
  InvalidAutoScalingGroupException: "autoScaling",
  InvalidTargetGroupPairException: "pair",
  InvalidECSServiceException: "service",
  ECSServiceMappingLimitExceededException: "service",
  InvalidAutoRollbackConfigException: "rollback",
  InvalidAlarmConfigException: "alarms",
  AlarmsLimitExceededException: "alarms",
  InvalidTriggerConfigException: "triggers",
  TriggerTargetsLimitExceededException: "triggers",
  InvalidTagsToAddException: "tags",
};

/** The part of the form that an error of the API is about; undefined: none, and the error stands above the form. */
export function fieldOfFault(code: string, platform: ComputePlatform): GroupField | undefined {
  if (code === "InvalidLoadBalancerInfoException") return platform === "ECS" ? "pair" : "balancers";
  return FIELD_OF_FAULT[code];
}
