import type {
  CreateDeploymentGroupInput,
  DeploymentGroupInfo,
  UpdateDeploymentGroupInput,
} from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { PutGroupSettingsInput } from "@sluice/wire/sluice/sluice-api.ts";
import { tagsOf } from "../../forms/tag-rows.ts";
import { writeSelection } from "../../forms/tag-selection.ts";
import { type GroupForm, isShifting, type SettingsForm, USUAL_SETTINGS } from "./group-form-state.ts";

/** What a form says of a group, in the API's shapes: as both CreateDeploymentGroup and UpdateDeploymentGroup take it. */
export type WrittenFields = Pick<
  CreateDeploymentGroupInput,
  | "serviceRoleArn"
  | "deploymentConfigName"
  | "deploymentStyle"
  | "ec2TagFilters"
  | "ec2TagSet"
  | "onPremisesInstanceTagFilters"
  | "onPremisesTagSet"
  | "autoScalingGroups"
  | "outdatedInstancesStrategy"
  | "blueGreenDeploymentConfiguration"
  | "loadBalancerInfo"
  | "ecsServices"
  | "autoRollbackConfiguration"
  | "alarmConfiguration"
  | "triggerConfigurations"
>;

/**
 * @param base the group as it is, whose members that no field shows are kept
 */
export function writtenFields(
  form: GroupForm,
  platform: ComputePlatform,
  base: Partial<DeploymentGroupInfo> = {},
): WrittenFields {
  const common: WrittenFields = {
    serviceRoleArn: form.serviceRoleArn,
    deploymentConfigName: form.deploymentConfigName,
    deploymentStyle: {
      ...base.deploymentStyle,
      deploymentType: form.style.isBlueGreen ? "BLUE_GREEN" : "IN_PLACE",
      deploymentOption: form.style.hasTrafficControl ? "WITH_TRAFFIC_CONTROL" : "WITHOUT_TRAFFIC_CONTROL",
    },
    autoRollbackConfiguration: {
      ...base.autoRollbackConfiguration,
      enabled: form.rollbackEvents.length > 0,
      events: [...form.rollbackEvents] as NonNullable<
        CreateDeploymentGroupInput["autoRollbackConfiguration"]
      >["events"],
    },
    alarmConfiguration: {
      ...base.alarmConfiguration,
      enabled: form.alarms.isEnabled,
      ignorePollAlarmFailure: form.alarms.ignoresPollFailure,
      alarms: filled(form.alarms.names).map((name) => ({ name })),
    },
    triggerConfigurations: form.triggers.map(({ name, topicArn, events }) => ({
      triggerName: name,
      triggerTargetArn: topicArn,
      triggerEvents: [...events] as NonNullable<
        CreateDeploymentGroupInput["triggerConfigurations"]
      >[number]["triggerEvents"],
    })),
  };
  switch (platform) {
    case "Server":
      return { ...common, ...hostFields(form, base) };
    case "ECS":
      return { ...common, ...serviceFields(form, base) };
    case "Lambda":
      return common;
  }
}

function hostFields(form: GroupForm, base: Partial<DeploymentGroupInfo>): Partial<WrittenFields> {
  const ec2 = writeSelection(form.ec2);
  const onPremises = writeSelection(form.onPremises);
  const { loadBalancers, targetGroups } = form.balancers;
  return {
    ec2TagFilters: ec2.filters as CreateDeploymentGroupInput["ec2TagFilters"],
    ec2TagSet: { ec2TagSetList: ec2.lists as NonNullable<CreateDeploymentGroupInput["ec2TagSet"]>["ec2TagSetList"] },
    onPremisesInstanceTagFilters: onPremises.filters as CreateDeploymentGroupInput["onPremisesInstanceTagFilters"],
    onPremisesTagSet: {
      onPremisesTagSetList: onPremises.lists as NonNullable<
        CreateDeploymentGroupInput["onPremisesTagSet"]
      >["onPremisesTagSetList"],
    },
    autoScalingGroups: filled(form.autoScalingGroups),
    outdatedInstancesStrategy: form.outdatedInstances as CreateDeploymentGroupInput["outdatedInstancesStrategy"],
    loadBalancerInfo: {
      ...base.loadBalancerInfo,
      elbInfoList: filled(loadBalancers).map((name) => ({ name })),
      targetGroupInfoList: filled(targetGroups).map((name) => ({ name })),
    },
    // In place they are not looked at, and stay what they were.
    ...(form.style.isBlueGreen && { blueGreenDeploymentConfiguration: blueGreenOfHosts(form, base) }),
  };
}

function blueGreenOfHosts({ style }: GroupForm, base: Partial<DeploymentGroupInfo>) {
  const { terminateBlueInstancesOnDeploymentSuccess: end, deploymentReadyOption: ready } =
    base.blueGreenDeploymentConfiguration ?? {};
  return {
    ...base.blueGreenDeploymentConfiguration,
    terminateBlueInstancesOnDeploymentSuccess: {
      ...without(end, "terminationWaitTimeInMinutes"),
      action: style.originals,
      ...(style.originals === "TERMINATE" && minutes("terminationWaitTimeInMinutes", style.terminationMinutes)),
    },
    deploymentReadyOption: { ...without(ready, "waitTimeInMinutes"), ...readyOption(style) },
    greenFleetProvisioningOption: { action: style.greenFleet },
  } as WrittenFields["blueGreenDeploymentConfiguration"];
}

function serviceFields(form: GroupForm, base: Partial<DeploymentGroupInfo>): Partial<WrittenFields> {
  const [pair] = base.loadBalancerInfo?.targetGroupPairInfoList ?? [];
  const { style, service } = form;
  return {
    ecsServices: [{ clusterName: service.clusterName, serviceName: service.serviceName }],
    loadBalancerInfo: {
      ...base.loadBalancerInfo,
      targetGroupPairInfoList: [
        {
          ...without(pair, "testTrafficRoute"),
          targetGroups: form.pair.targetGroups.map((name) => ({ name })),
          prodTrafficRoute: { listenerArns: filled([form.pair.listenerArn]) },
          ...(form.pair.testListenerArn !== "" && { testTrafficRoute: { listenerArns: [form.pair.testListenerArn] } }),
        },
      ],
    },
    blueGreenDeploymentConfiguration: {
      ...base.blueGreenDeploymentConfiguration,
      terminateBlueInstancesOnDeploymentSuccess: {
        action: "TERMINATE",
        ...minutes("terminationWaitTimeInMinutes", style.terminationMinutes),
      },
      deploymentReadyOption: readyOption(style),
    } as WrittenFields["blueGreenDeploymentConfiguration"],
  };
}

/** A wait goes only with an end of it: the API refuses one beside CONTINUE_DEPLOYMENT. */
function readyOption({ whenReady, readyMinutes }: GroupForm["style"]) {
  return {
    actionOnTimeout: whenReady,
    ...(whenReady === "STOP_DEPLOYMENT" && minutes("waitTimeInMinutes", readyMinutes)),
  };
}

export function createGroupInput(
  applicationName: string,
  form: GroupForm,
  platform: ComputePlatform,
): CreateDeploymentGroupInput {
  const tags = tagsOf(form.tags);
  return withoutEmpty({
    applicationName,
    deploymentGroupName: form.name,
    ...writtenFields(form, platform),
    serviceRoleArn: form.serviceRoleArn,
    ...(tags.length > 0 && { tags }),
  });
}

/**
 * Only what the form has changed: whatever it does not show, or shows as it was, stays as it is. Null: nothing has changed.
 */
export function updateGroupInput(
  applicationName: string,
  group: DeploymentGroupInfo,
  before: GroupForm,
  after: GroupForm,
  platform: ComputePlatform,
): UpdateDeploymentGroupInput | null {
  const old = writtenFields(before, platform, group);
  const fresh = writtenFields(after, platform, group);
  const changed = (Object.keys(fresh) as (keyof WrittenFields)[]).filter((name) => !isSame(old[name], fresh[name]));
  const change = withoutNeedlessClears(Object.fromEntries(changed.map((name) => [name, fresh[name]])));
  if (changed.length === 0 && before.name === after.name) return null;
  return {
    applicationName,
    currentDeploymentGroupName: before.name,
    ...(before.name !== after.name && { newDeploymentGroupName: after.name }),
    ...change,
  };
}

/** Filters replace a tag set by themselves, and a set the filters: to clear the other one too would only make the command longer. */
function withoutNeedlessClears(change: Partial<WrittenFields>): Partial<WrittenFields> {
  const cleared = { ...change };
  if (change.ec2TagFilters?.length && change.ec2TagSet?.ec2TagSetList?.length === 0) delete cleared.ec2TagSet;
  if (change.ec2TagSet?.ec2TagSetList?.length && change.ec2TagFilters?.length === 0) delete cleared.ec2TagFilters;
  if (change.onPremisesInstanceTagFilters?.length && change.onPremisesTagSet?.onPremisesTagSetList?.length === 0) {
    delete cleared.onPremisesTagSet;
  }
  if (change.onPremisesTagSet?.onPremisesTagSetList?.length && change.onPremisesInstanceTagFilters?.length === 0) {
    delete cleared.onPremisesInstanceTagFilters;
  }
  return cleared;
}

/** Null: they are as they are by themselves, or as they were. */
export function putSettingsInput(
  applicationName: string,
  deploymentGroupName: string,
  after: SettingsForm,
  platform: ComputePlatform,
  before: SettingsForm = USUAL_SETTINGS,
): PutGroupSettingsInput | null {
  const change = {
    ...(platform === "Server" &&
      after.deployToLateHosts !== before.deployToLateHosts && { deployToLateHosts: after.deployToLateHosts }),
    ...(isShifting(platform) &&
      after.hookTimeoutSeconds !== before.hookTimeoutSeconds && {
        hookTimeoutSeconds: numberOf(after.hookTimeoutSeconds),
      }),
    ...(isShifting(platform) &&
      after.hookMustAnswer !== before.hookMustAnswer && { hookMustAnswer: after.hookMustAnswer }),
    ...(platform === "ECS" && after.failEarly !== before.failEarly && { failEarly: after.failEarly }),
  };
  return Object.keys(change).length === 0 ? null : { applicationName, deploymentGroupName, ...change };
}

/** A new group has nothing yet that an empty list could clear. */
function withoutEmpty(input: CreateDeploymentGroupInput): CreateDeploymentGroupInput {
  const { ec2TagSet, onPremisesTagSet, loadBalancerInfo, alarmConfiguration, autoRollbackConfiguration, ...rest } =
    input;
  const kept = Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const balancers = Object.entries(loadBalancerInfo ?? {}).filter(([, list]) => list?.length);
  return {
    ...(Object.fromEntries(kept) as typeof rest),
    ...(ec2TagSet?.ec2TagSetList?.length && { ec2TagSet }),
    ...(onPremisesTagSet?.onPremisesTagSetList?.length && { onPremisesTagSet }),
    ...(balancers.length > 0 && { loadBalancerInfo: Object.fromEntries(balancers) }),
    ...(alarmConfiguration?.alarms?.length && { alarmConfiguration }),
    ...(autoRollbackConfiguration?.enabled && { autoRollbackConfiguration }),
  };
}

/** NaN of what is no number, which every check of a range refuses. */
export function numberOf(typed: string): number {
  return typed.trim() === "" ? Number.NaN : Number(typed);
}

function minutes<Name extends string>(name: Name, typed: string): { [N in Name]?: number } {
  return typed.trim() === "" ? {} : ({ [name]: Number(typed) } as { [N in Name]?: number });
}

function filled(names: readonly string[]): string[] {
  return names.filter((name) => name !== "");
}

function without<Structure extends object, Name extends keyof Structure>(
  structure: Structure | undefined,
  name: Name,
): Omit<Structure, Name> | undefined {
  if (structure === undefined) return undefined;
  const { [name]: _, ...rest } = structure;
  return rest;
}

/** Both are made by the same code, so equal values are equal text. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
