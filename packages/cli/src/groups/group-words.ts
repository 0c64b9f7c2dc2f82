import type { DeploymentGroupInfo, EC2TagFilter, LastDeploymentInfo, TagFilter } from "@aws-sdk/client-codedeploy";
import { revisionName } from "@sluice/model/revision-name.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import { inBatches } from "../place/all-pages.ts";
import { formatFields } from "../terminal/printing.ts";
import { describeRollback } from "./rollback-events.ts";

const EVENTS_IN_A_LINE = 3;

type Filter = EC2TagFilter | TagFilter;

/** A deployment group, a line a field. */
export function formatGroup(group: DeploymentGroupInfo): string {
  const { deploymentStyle, alarmConfiguration, targetRevision } = group;
  return formatFields([
    ["group", `${group.applicationName}/${group.deploymentGroupName}`],
    ["id", group.deploymentGroupId],
    ["platform", group.computePlatform],
    ["config", group.deploymentConfigName],
    ["style", deploymentStyle && styleWords(deploymentStyle)],
    ["hosts", selectionWords(group.ec2TagFilters, group.ec2TagSet?.ec2TagSetList)],
    ["on-premises", selectionWords(group.onPremisesInstanceTagFilters, group.onPremisesTagSet?.onPremisesTagSetList)],
    ["auto scaling", group.autoScalingGroups?.map(({ name }) => name).join(", ")],
    ["ecs services", group.ecsServices?.map((service) => `${service.clusterName}/${service.serviceName}`).join(", ")],
    ["balancers", balancerWords(group.loadBalancerInfo)],
    ["listeners", listenerWords(group.loadBalancerInfo)],
    ["blue/green", blueGreenWords(group)],
    ["rollback", describeRollback(group.autoRollbackConfiguration)],
    ["alarms", alarmConfiguration?.enabled ? alarmConfiguration.alarms?.map(({ name }) => name).join(", ") : undefined],
    [
      "triggers",
      group.triggerConfigurations
        ?.flatMap((each) => [
          `${each.triggerName} (${each.triggerTargetArn})`,
          ...inBatches(each.triggerEvents ?? [], EVENTS_IN_A_LINE).map((events) => `  ${events.join(", ")}`),
        ])
        .join("\n"),
    ],
    ["runs", targetRevision && revisionName(targetRevision)],
    ["last success", attemptWords(group.lastSuccessfulDeployment)],
    ["last attempt", attemptWords(group.lastAttemptedDeployment)],
  ]);
}

/** What a group that was just created still needs, each a sentence or two. */
export function whatIsMissing(group: DeploymentGroupInfo): string[] {
  const update = `sluice groups update --application ${shellWord(group.applicationName ?? "")} --group ${shellWord(group.deploymentGroupName ?? "")}`;
  const { autoRollbackConfiguration: rollback, alarmConfiguration, computePlatform } = group;
  const rollsBackOnAlarm = rollback?.enabled && rollback.events?.includes("DEPLOYMENT_STOP_ON_ALARM");
  return [
    ...(computePlatform === "Server" && !selectsHosts(group)
      ? [`It selects no hosts yet. Next: ${update} --tag Key=Value`]
      : []),
    ...(rollsBackOnAlarm && !alarmConfiguration?.alarms?.length
      ? [`It rolls back on an alarm, but no alarm is named. Add one: ${update} --alarm NAME`]
      : []),
  ];
}

function selectsHosts(group: DeploymentGroupInfo): boolean {
  const selections = [
    group.ec2TagFilters,
    group.ec2TagSet?.ec2TagSetList,
    group.onPremisesInstanceTagFilters,
    group.onPremisesTagSet?.onPremisesTagSetList,
    group.autoScalingGroups,
  ];
  return selections.some((selection) => selection !== undefined && selection.length > 0);
}

export function selectionWords(
  filters: readonly Filter[] | undefined,
  sets: readonly (readonly Filter[])[] | undefined,
): string {
  if (sets !== undefined && sets.length > 0) return sets.map((set) => anyOf(set)).join(" and ");
  return anyOf(filters ?? []);
}

function anyOf(filters: readonly Filter[]): string {
  const words = filters.map(({ Key, Value, Type }) => {
    if (Type === "KEY_ONLY") return `${Key} (any value)`;
    if (Type === "VALUE_ONLY") return `=${Value}`;
    return `${Key ?? ""}=${Value ?? ""}`;
  });
  return words.join(" or ");
}

function styleWords({ deploymentType, deploymentOption }: NonNullable<DeploymentGroupInfo["deploymentStyle"]>): string {
  const type = deploymentType === "BLUE_GREEN" ? "blue/green" : "in place";
  return `${type}, ${deploymentOption === "WITH_TRAFFIC_CONTROL" ? "with" : "without"} traffic control`;
}

function balancerWords(info: DeploymentGroupInfo["loadBalancerInfo"]): string {
  const names = [
    ...(info?.targetGroupInfoList ?? []).map(({ name }) => `target group ${name}`),
    ...(info?.elbInfoList ?? []).map(({ name }) => `load balancer ${name}`),
    ...(info?.targetGroupPairInfoList ?? []).map(
      ({ targetGroups }) => `target groups ${targetGroups?.map(({ name }) => name).join(" and ")}`,
    ),
  ];
  return names.join(", ");
}

function listenerWords(info: DeploymentGroupInfo["loadBalancerInfo"]): string {
  const lines = (info?.targetGroupPairInfoList ?? []).flatMap(({ prodTrafficRoute, testTrafficRoute }) => [
    ...(prodTrafficRoute?.listenerArns ?? []).map((arn) => `production ${arn}`),
    ...(testTrafficRoute?.listenerArns ?? []).map((arn) => `test ${arn}`),
  ]);
  return lines.join("\n");
}

function blueGreenWords(group: DeploymentGroupInfo): string {
  const { deploymentStyle, blueGreenDeploymentConfiguration: config } = group;
  if (deploymentStyle?.deploymentType !== "BLUE_GREEN" || config === undefined) return "";
  const { terminateBlueInstancesOnDeploymentSuccess: end, deploymentReadyOption: ready } = config;
  const minutes = end?.terminationWaitTimeInMinutes ?? 0;
  const ofService = `the original task set is removed ${minutes === 0 ? "at once" : `after ${minutes} min`}`;
  const ofHosts =
    end?.action === "TERMINATE"
      ? `original hosts stay deregistered, and those of a fleet binding are terminated after ${minutes} min`
      : "original hosts are kept";
  const traffic =
    ready?.actionOnTimeout === "STOP_DEPLOYMENT"
      ? `traffic waits ${ready.waitTimeInMinutes ?? 0} min for sluice continue`
      : "traffic moves automatically";
  return `${traffic}; ${group.computePlatform === "ECS" ? ofService : ofHosts}`;
}

function attemptWords(last: LastDeploymentInfo | undefined): string {
  if (last?.deploymentId === undefined) return "";
  const at = last.endTime ?? last.createTime;
  return `${last.deploymentId} ${last.status ?? ""}${at === undefined ? "" : ` at ${at.toISOString()}`}`;
}
