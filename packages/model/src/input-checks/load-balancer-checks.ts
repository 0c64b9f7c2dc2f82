import { CallerFault } from "../caller-fault.ts";
import { balancerNames, type GroupFields, isFilled, type LoadBalancerFields } from "../deployment-group-fields.ts";
import {
  LISTENERS_PER_TRAFFIC_ROUTE,
  MAX_LOAD_BALANCERS_PER_GROUP,
  MAX_TARGET_GROUP_PAIRS_PER_GROUP,
  MAX_TARGET_GROUPS_PER_GROUP,
  TARGET_GROUPS_PER_PAIR,
} from "../limits.ts";

export function checkLoadBalancerInfo(info: LoadBalancerFields | undefined): void {
  if (!info) return;
  const { elbInfoList = [], targetGroupInfoList = [], targetGroupPairInfoList = [] } = info;
  checkNames("elbInfoList", elbInfoList, MAX_LOAD_BALANCERS_PER_GROUP);
  checkNames("targetGroupInfoList", targetGroupInfoList, MAX_TARGET_GROUPS_PER_GROUP);
  if (targetGroupPairInfoList.length > MAX_TARGET_GROUP_PAIRS_PER_GROUP) {
    throw invalidPair(
      `targetGroupPairInfoList holds ${targetGroupPairInfoList.length} pairs: ${MAX_TARGET_GROUP_PAIRS_PER_GROUP} is allowed`,
    );
  }
  for (const { targetGroups = [], prodTrafficRoute, testTrafficRoute } of targetGroupPairInfoList) {
    if (targetGroups.length !== TARGET_GROUPS_PER_PAIR || targetGroups.some((group) => !group.name)) {
      throw invalidPair(
        `targetGroups has ${targetGroups.filter(({ name }) => name).length} of ${TARGET_GROUPS_PER_PAIR} target groups: name both`,
      );
    }
    const listeners = prodTrafficRoute?.listenerArns ?? [];
    if (listeners.length !== LISTENERS_PER_TRAFFIC_ROUTE) {
      throw invalidPair(`prodTrafficRoute has ${listeners.length} listeners: name ${LISTENERS_PER_TRAFFIC_ROUTE}`);
    }
    const testListeners = testTrafficRoute?.listenerArns ?? [];
    if (testListeners.length > LISTENERS_PER_TRAFFIC_ROUTE) {
      throw invalidPair(
        `testTrafficRoute has ${testListeners.length} listeners: name ${LISTENERS_PER_TRAFFIC_ROUTE} at most`,
      );
    }
  }
}

/** Whether any load balancer is named at all. */
export function hasLoadBalancer(info: LoadBalancerFields | undefined): boolean {
  const { elbInfoList, targetGroupInfoList, targetGroupPairInfoList } = info ?? {};
  return [elbInfoList, targetGroupInfoList, targetGroupPairInfoList].some(isFilled);
}

/** Hosts are behind load balancers and target groups; a pair of target groups is how ECS shifts traffic. */
export function checkServerLoadBalancer({ deploymentStyle, loadBalancerInfo }: GroupFields): void {
  if (deploymentStyle?.deploymentOption !== "WITH_TRAFFIC_CONTROL") return;
  if (balancerNames(loadBalancerInfo).length > 0) return;
  // The service's own words, with its own names for the lists.
  throw invalidLoadBalancer(
    "The deploymentOption value is set to WITH_TRAFFIC_CONTROL, but either no load balancer was specified in elbInfoList or no target group was specified in targetGroupInfoList. Name one in loadBalancerInfo, or set deploymentOption to WITHOUT_TRAFFIC_CONTROL.",
  );
}

export function checkEcsLoadBalancer({ loadBalancerInfo }: GroupFields): void {
  const { elbInfoList, targetGroupInfoList, targetGroupPairInfoList } = loadBalancerInfo ?? {};
  const fault = (message: string) =>
    new CallerFault("InvalidLoadBalancerInfoException", `For ECS deployment group, loadBalancerInfo ${message}.`);
  if (isFilled(elbInfoList))
    throw fault(
      "must not contain elbInfo list: leave elbInfoList out, and name a pair of target groups in targetGroupPairInfoList",
    );
  if (isFilled(targetGroupInfoList))
    throw fault(
      "must not contain targetGroupInfo list: leave targetGroupInfoList out, and name a pair of target groups in targetGroupPairInfoList",
    );
  if (!isFilled(targetGroupPairInfoList))
    throw fault(
      "must be specified: name a pair of target groups, with the production listener, in targetGroupPairInfoList",
    );
}

function invalidLoadBalancer(message: string): CallerFault {
  return new CallerFault(
    "InvalidLoadBalancerInfoException",
    `The specification for load balancing in the deployment group is invalid. ${message}`,
  );
}

function checkNames(field: string, entries: readonly { readonly name?: string | undefined }[], maximum: number): void {
  if (entries.length > maximum) {
    throw invalidLoadBalancer(`${field} holds ${entries.length} entries: at most ${maximum} are allowed.`);
  }
  if (entries.some((entry) => !entry.name))
    throw invalidLoadBalancer(`${field} holds an entry without a name: give each its name.`);
}

function invalidPair(message: string): CallerFault {
  return new CallerFault("InvalidTargetGroupPairException", `The target group pair is not valid: ${message}.`);
}
