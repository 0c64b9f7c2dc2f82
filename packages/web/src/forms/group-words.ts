import type { DeploymentGroupInfo, EC2TagFilter, TagFilter } from "@aws-sdk/client-codedeploy";
import type { GroupSettings } from "@sluice/wire/sluice/sluice-api.ts";
import { ROLLBACK_OPTIONS } from "./rollback-options.ts";

/** A setting of a group as a person reads it. */
export interface GroupWord {
  readonly name: string;
  /** A line each. */
  readonly lines: readonly string[];
}

/** What a group says, without what its page shows by other means: alarms, triggers, the configuration. */
export function groupWords(group: DeploymentGroupInfo, settings: GroupSettings | undefined): readonly GroupWord[] {
  const words: readonly GroupWord[] = [
    { name: "Type", lines: [styleWords(group)] },
    { name: "Instances", lines: selectionLines(group.ec2TagFilters, group.ec2TagSet?.ec2TagSetList) },
    {
      name: "On-premises instances",
      lines: selectionLines(group.onPremisesInstanceTagFilters, group.onPremisesTagSet?.onPremisesTagSetList),
    },
    { name: "Auto Scaling groups", lines: namesOf(group.autoScalingGroups) },
    {
      name: "Service",
      lines: (group.ecsServices ?? []).map(({ clusterName, serviceName }) => `${clusterName} / ${serviceName}`),
    },
    { name: "Load balancer", lines: balancerLines(group) },
    { name: "Blue/green", lines: blueGreenLines(group) },
    { name: "Rolls back", lines: [rollbackWords(group)] },
    { name: "Service role", lines: group.serviceRoleArn ? [group.serviceRoleArn] : [] },
    { name: "Settings of Sluice", lines: settings ? settingsLines(settings) : [] },
  ];
  return words.filter(({ lines }) => lines.length > 0);
}

function styleWords({ deploymentStyle, computePlatform }: DeploymentGroupInfo): string {
  if (computePlatform !== "Server") return "Blue/green, traffic moves by the configuration";
  const type = deploymentStyle?.deploymentType === "BLUE_GREEN" ? "Blue/green" : "In place";
  return deploymentStyle?.deploymentOption === "WITH_TRAFFIC_CONTROL"
    ? `${type}, hosts leave their load balancers meanwhile`
    : `${type}, load balancers are left alone`;
}

/** The lists of a set are joined by `and`. */
function selectionLines(
  filters: readonly (EC2TagFilter | TagFilter)[] | undefined,
  lists: readonly (readonly (EC2TagFilter | TagFilter)[])[] | undefined,
): readonly string[] {
  const all = lists && lists.length > 0 ? lists : filters && filters.length > 0 ? [filters] : [];
  return all.map((list, index) => `${index === 0 ? "" : "and "}${list.map(filterWords).join(" or ")}`);
}

function filterWords({ Key, Value, Type }: EC2TagFilter | TagFilter): string {
  if (Type === "KEY_ONLY" || Value === undefined) return `${Key} = anything`;
  return Type === "VALUE_ONLY" || Key === undefined ? `any key = ${Value}` : `${Key} = ${Value}`;
}

function balancerLines({ loadBalancerInfo }: DeploymentGroupInfo): string[] {
  const { targetGroupInfoList, elbInfoList, targetGroupPairInfoList = [] } = loadBalancerInfo ?? {};
  return [
    ...namesOf(targetGroupInfoList).map((name) => `target group ${name}`),
    ...namesOf(elbInfoList).map((name) => `load balancer ${name}`),
    ...targetGroupPairInfoList.flatMap(({ targetGroups, prodTrafficRoute, testTrafficRoute }) => [
      `target groups ${namesOf(targetGroups).join(" and ")}`,
      ...(prodTrafficRoute?.listenerArns ?? []).map((arn) => `production: ${arn}`),
      ...(testTrafficRoute?.listenerArns ?? []).map((arn) => `test: ${arn}`),
    ]),
  ];
}

function blueGreenLines(group: DeploymentGroupInfo): string[] {
  const { blueGreenDeploymentConfiguration: config, deploymentStyle, computePlatform } = group;
  if (deploymentStyle?.deploymentType !== "BLUE_GREEN" || config === undefined) return [];
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: end } = config;
  const traffic =
    ready?.actionOnTimeout === "STOP_DEPLOYMENT"
      ? `Traffic waits ${ready.waitTimeInMinutes ?? 0} min for a person to continue, and the deployment is stopped then`
      : "Traffic moves by itself";
  const minutes = end?.terminationWaitTimeInMinutes ?? 0;
  const after = minutes === 0 ? "at once" : `after ${minutes} min`;
  const originals =
    computePlatform === "ECS"
      ? `The original tasks are removed ${after}`
      : end?.action === "TERMINATE"
        ? `Original hosts of a fleet binding are terminated ${after}`
        : "Original hosts are kept";
  return [traffic, originals];
}

function rollbackWords({ autoRollbackConfiguration: rollback }: DeploymentGroupInfo): string {
  const events = rollback?.enabled ? (rollback.events ?? []) : [];
  const words = ROLLBACK_OPTIONS.filter(({ id }) => (events as readonly string[]).includes(id));
  return words.length === 0 ? "not by itself" : words.map(({ title }) => title.toLowerCase()).join(", ");
}

function settingsLines({ deployToLateHosts, hookTimeoutSeconds, hookMustAnswer, failEarly }: GroupSettings): string[] {
  return [
    ...(deployToLateHosts ? ["Late hosts get the last revision by themselves"] : []),
    ...(hookTimeoutSeconds === undefined ? [] : [`A hook has to answer within ${hookTimeoutSeconds} s`]),
    ...(hookMustAnswer ? ["A hook that returns without an answer fails at once"] : []),
    ...(failEarly === undefined
      ? []
      : [failEarly ? "Fails as soon as new tasks keep stopping" : "Waits for an hour for tasks that keep stopping"]),
  ];
}

function namesOf(list: readonly { readonly name?: string | undefined }[] | undefined): string[] {
  return (list ?? []).flatMap(({ name }) => (name ? [name] : []));
}
