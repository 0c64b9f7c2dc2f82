import type { EcsService } from "@sluice/engine/ports/task-sets.ts";
import type { TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";

/** The group's service, by names: clients give ARNs, too. Undefined: it names none. */
export function ecsServiceOf({ ecsServices, serviceRoleArn }: DeploymentGroupFields): EcsService | undefined {
  const { clusterName, serviceName } = ecsServices?.[0] ?? {};
  if (!clusterName || !serviceName) return undefined;
  return { clusterName: lastPart(clusterName), serviceName: lastPart(serviceName), serviceRoleArn };
}

/** The two target groups that take turns, and their listeners. Undefined: it names none. */
export function targetGroupPairOf({
  loadBalancerInfo,
  serviceRoleArn,
}: DeploymentGroupFields): TargetGroupPair | undefined {
  const {
    targetGroups = [],
    prodTrafficRoute,
    testTrafficRoute,
  } = loadBalancerInfo?.targetGroupPairInfoList?.[0] ?? {};
  const [first, second] = targetGroups.map(({ name }) => name);
  const productionListener = prodTrafficRoute?.listenerArns?.[0];
  if (!first || !second || !productionListener) return undefined;
  const testListener = testTrafficRoute?.listenerArns?.[0] ?? null;
  return { targetGroups: [first, second], productionListener, testListener, serviceRoleArn };
}

/** `arn:aws:ecs:us-east-1:111122223333:service/shop/web` is the service `web`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
