import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { type ComputePlatform, DEFAULT_CONFIG_NAMES } from "@sluice/model/deployment-config.ts";
import type { GroupSettings } from "@sluice/wire/sluice/sluice-api.ts";
import type { TagRow } from "../../forms/tag-rows.ts";
import { NO_SELECTION, readSelection, type TagSelection } from "../../forms/tag-selection.ts";

/** What is typed and chosen for a deployment group. Numbers are as they were typed. */
export interface GroupForm {
  readonly name: string;
  readonly serviceRoleArn: string;
  readonly deploymentConfigName: string;
  readonly style: StyleForm;
  readonly ec2: TagSelection;
  readonly onPremises: TagSelection;
  readonly autoScalingGroups: readonly string[];
  /** `UPDATE` or `IGNORE`. */
  readonly outdatedInstances: string;
  readonly balancers: BalancersForm;
  readonly service: ServiceForm;
  readonly pair: PairForm;
  readonly rollbackEvents: readonly string[];
  readonly alarms: AlarmsForm;
  readonly triggers: readonly TriggerForm[];
  readonly tags: readonly TagRow[];
  readonly settings: SettingsForm;
}

export interface StyleForm {
  readonly isBlueGreen: boolean;
  /** Of hosts: each is taken out of its load balancers while it is deployed to. */
  readonly hasTrafficControl: boolean;
  /** `CONTINUE_DEPLOYMENT`, or `STOP_DEPLOYMENT`: traffic waits for a person, and the deployment is stopped when nobody comes. */
  readonly whenReady: string;
  readonly readyMinutes: string;
  /** `KEEP_ALIVE` or `TERMINATE`. */
  readonly originals: string;
  readonly terminationMinutes: string;
  /** `DISCOVER_EXISTING` or `COPY_AUTO_SCALING_GROUP`. */
  readonly greenFleet: string;
}

export interface BalancersForm {
  readonly loadBalancers: readonly string[];
  readonly targetGroups: readonly string[];
}

export interface ServiceForm {
  readonly clusterName: string;
  readonly serviceName: string;
}

export interface PairForm {
  readonly targetGroups: readonly [string, string];
  readonly listenerArn: string;
  readonly testListenerArn: string;
}

export interface AlarmsForm {
  readonly isEnabled: boolean;
  readonly ignoresPollFailure: boolean;
  readonly names: readonly string[];
}

export interface TriggerForm {
  readonly name: string;
  readonly topicArn: string;
  readonly events: readonly string[];
}

export interface SettingsForm {
  readonly deployToLateHosts: boolean;
  readonly hookTimeoutSeconds: string;
  readonly hookMustAnswer: boolean;
  readonly failEarly: boolean;
}

const NO_STYLE: StyleForm = {
  isBlueGreen: false,
  hasTrafficControl: false,
  whenReady: "CONTINUE_DEPLOYMENT",
  readyMinutes: "60",
  originals: "KEEP_ALIVE",
  terminationMinutes: "5",
  greenFleet: "DISCOVER_EXISTING",
};

export const USUAL_SETTINGS: SettingsForm = {
  deployToLateHosts: false,
  hookTimeoutSeconds: "3600",
  hookMustAnswer: false,
  failEarly: true,
};

/** Whoever moves traffic bit by bit has no other way to deploy. */
export function isShifting(platform: ComputePlatform): boolean {
  return platform !== "Server";
}

/** @param accountId whose role the group names; Sluice's own drivers take none, but the API wants one, as AWS does */
export function newGroupForm(platform: ComputePlatform, accountId: string): GroupForm {
  const shifts = isShifting(platform);
  return {
    name: "",
    serviceRoleArn: `arn:aws:iam::${accountId}:role/CodeDeployServiceRole`,
    deploymentConfigName: DEFAULT_CONFIG_NAMES[platform],
    style: {
      ...NO_STYLE,
      isBlueGreen: shifts,
      hasTrafficControl: shifts,
      originals: shifts ? "TERMINATE" : "KEEP_ALIVE",
    },
    ec2: NO_SELECTION,
    onPremises: NO_SELECTION,
    autoScalingGroups: [],
    outdatedInstances: "UPDATE",
    balancers: { loadBalancers: [], targetGroups: [] },
    service: { clusterName: "", serviceName: "" },
    pair: { targetGroups: ["", ""], listenerArn: "", testListenerArn: "" },
    rollbackEvents: ["DEPLOYMENT_FAILURE"],
    alarms: { isEnabled: false, ignoresPollFailure: false, names: [] },
    triggers: [],
    tags: [],
    settings: USUAL_SETTINGS,
  };
}

/** The form of a group that is there, as the API shows it. */
export function groupFormOf(
  group: DeploymentGroupInfo,
  settings: GroupSettings | undefined,
  tags: readonly TagRow[],
): GroupForm {
  const { elbInfoList = [], targetGroupInfoList = [], targetGroupPairInfoList = [] } = group.loadBalancerInfo ?? {};
  const [pair] = targetGroupPairInfoList;
  const [service] = group.ecsServices ?? [];
  const { autoRollbackConfiguration: rollback, alarmConfiguration: alarms } = group;
  return {
    name: group.deploymentGroupName ?? "",
    serviceRoleArn: group.serviceRoleArn ?? "",
    deploymentConfigName: group.deploymentConfigName ?? "",
    style: styleOf(group),
    ec2: readSelection({ filters: group.ec2TagFilters, lists: group.ec2TagSet?.ec2TagSetList }),
    onPremises: readSelection({
      filters: group.onPremisesInstanceTagFilters,
      lists: group.onPremisesTagSet?.onPremisesTagSetList,
    }),
    autoScalingGroups: namesOf(group.autoScalingGroups),
    outdatedInstances: group.outdatedInstancesStrategy ?? "UPDATE",
    balancers: { loadBalancers: namesOf(elbInfoList), targetGroups: namesOf(targetGroupInfoList) },
    service: { clusterName: service?.clusterName ?? "", serviceName: service?.serviceName ?? "" },
    pair: {
      targetGroups: [pair?.targetGroups?.[0]?.name ?? "", pair?.targetGroups?.[1]?.name ?? ""],
      listenerArn: pair?.prodTrafficRoute?.listenerArns?.[0] ?? "",
      testListenerArn: pair?.testTrafficRoute?.listenerArns?.[0] ?? "",
    },
    rollbackEvents: rollback?.enabled ? (rollback.events ?? []) : [],
    alarms: {
      isEnabled: alarms?.enabled ?? false,
      ignoresPollFailure: alarms?.ignorePollAlarmFailure ?? false,
      names: namesOf(alarms?.alarms),
    },
    triggers: (group.triggerConfigurations ?? []).map(({ triggerName, triggerTargetArn, triggerEvents }) => ({
      name: triggerName ?? "",
      topicArn: triggerTargetArn ?? "",
      events: triggerEvents ?? [],
    })),
    tags,
    settings: settings === undefined ? USUAL_SETTINGS : settingsFormOf(settings),
  };
}

export function settingsFormOf(settings: GroupSettings): SettingsForm {
  return {
    deployToLateHosts: settings.deployToLateHosts,
    hookTimeoutSeconds: String(settings.hookTimeoutSeconds ?? USUAL_SETTINGS.hookTimeoutSeconds),
    hookMustAnswer: settings.hookMustAnswer ?? USUAL_SETTINGS.hookMustAnswer,
    failEarly: settings.failEarly ?? USUAL_SETTINGS.failEarly,
  };
}

function styleOf({ deploymentStyle, blueGreenDeploymentConfiguration }: DeploymentGroupInfo): StyleForm {
  const { terminateBlueInstancesOnDeploymentSuccess: end, deploymentReadyOption: ready } =
    blueGreenDeploymentConfiguration ?? {};
  const fleet = blueGreenDeploymentConfiguration?.greenFleetProvisioningOption?.action;
  return {
    isBlueGreen: deploymentStyle?.deploymentType === "BLUE_GREEN",
    hasTrafficControl: deploymentStyle?.deploymentOption === "WITH_TRAFFIC_CONTROL",
    whenReady: ready?.actionOnTimeout ?? NO_STYLE.whenReady,
    // Beside CONTINUE_DEPLOYMENT it is 0, which nobody chose.
    readyMinutes:
      ready?.actionOnTimeout === "STOP_DEPLOYMENT" ? typed(ready.waitTimeInMinutes, "") : NO_STYLE.readyMinutes,
    originals: end?.action ?? NO_STYLE.originals,
    terminationMinutes:
      end?.action === "TERMINATE" ? typed(end.terminationWaitTimeInMinutes, "") : NO_STYLE.terminationMinutes,
    greenFleet: fleet ?? NO_STYLE.greenFleet,
  };
}

function typed(value: number | undefined, otherwise: string): string {
  return value === undefined ? otherwise : String(value);
}

function namesOf(list: readonly { readonly name?: string | undefined }[] | undefined): string[] {
  return (list ?? []).map(({ name }) => name ?? "");
}
