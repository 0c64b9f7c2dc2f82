import type { TagFilter } from "./tag-filter.ts";

/** What a caller may say of a group in the API's shapes, beside its names and its configuration, as far as it is checked. */
export interface GroupFields {
  readonly serviceRoleArn?: string | undefined;
  readonly ec2TagFilters?: readonly TagFilter[] | undefined;
  readonly ec2TagSet?: { readonly ec2TagSetList?: readonly (readonly TagFilter[])[] | undefined } | undefined;
  readonly onPremisesInstanceTagFilters?: readonly TagFilter[] | undefined;
  readonly onPremisesTagSet?:
    | { readonly onPremisesTagSetList?: readonly (readonly TagFilter[])[] | undefined }
    | undefined;
  readonly autoScalingGroups?: readonly string[] | undefined;
  readonly triggerConfigurations?: readonly TriggerFields[] | undefined;
  readonly alarmConfiguration?: AlarmFields | undefined;
  readonly autoRollbackConfiguration?: RollbackFields | undefined;
  readonly outdatedInstancesStrategy?: string | undefined;
  readonly deploymentStyle?: StyleFields | undefined;
  readonly blueGreenDeploymentConfiguration?: BlueGreenFields | undefined;
  readonly loadBalancerInfo?: LoadBalancerFields | undefined;
  readonly ecsServices?:
    | readonly { readonly serviceName?: string | undefined; readonly clusterName?: string | undefined }[]
    | undefined;
}

export interface TriggerFields {
  readonly triggerName?: string | undefined;
  readonly triggerTargetArn?: string | undefined;
  readonly triggerEvents?: readonly string[] | undefined;
}

export interface AlarmFields {
  readonly enabled?: boolean | undefined;
  readonly ignorePollAlarmFailure?: boolean | undefined;
  readonly alarms?: readonly Named[] | undefined;
}

export interface RollbackFields {
  readonly enabled?: boolean | undefined;
  readonly events?: readonly string[] | undefined;
}

export interface StyleFields {
  readonly deploymentType?: string | undefined;
  readonly deploymentOption?: string | undefined;
}

export interface BlueGreenFields {
  readonly terminateBlueInstancesOnDeploymentSuccess?:
    | { readonly action?: string | undefined; readonly terminationWaitTimeInMinutes?: number | undefined }
    | undefined;
  readonly deploymentReadyOption?:
    | { readonly actionOnTimeout?: string | undefined; readonly waitTimeInMinutes?: number | undefined }
    | undefined;
  readonly greenFleetProvisioningOption?: { readonly action?: string | undefined } | undefined;
}

export interface LoadBalancerFields {
  readonly elbInfoList?: readonly Named[] | undefined;
  readonly targetGroupInfoList?: readonly Named[] | undefined;
  readonly targetGroupPairInfoList?: readonly TargetGroupPairFields[] | undefined;
}

export interface TargetGroupPairFields {
  readonly targetGroups?: readonly Named[] | undefined;
  readonly prodTrafficRoute?: RouteFields | undefined;
  readonly testTrafficRoute?: RouteFields | undefined;
}

interface RouteFields {
  readonly listenerArns?: readonly string[] | undefined;
}

interface Named {
  readonly name?: string | undefined;
}

export function ec2Lists(fields: Pick<GroupFields, "ec2TagSet">): readonly (readonly TagFilter[])[] | undefined {
  return fields.ec2TagSet?.ec2TagSetList;
}

export function onPremisesLists(
  fields: Pick<GroupFields, "onPremisesTagSet">,
): readonly (readonly TagFilter[])[] | undefined {
  return fields.onPremisesTagSet?.onPremisesTagSetList;
}

export function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** Every load balancer and target group that hosts are behind, as their bindings in sluice.yml know them. */
export function balancerNames(info: LoadBalancerFields | undefined): string[] {
  const named = [...(info?.elbInfoList ?? []), ...(info?.targetGroupInfoList ?? [])];
  return [...new Set(named.flatMap(({ name }) => (name ? [name] : [])))];
}
