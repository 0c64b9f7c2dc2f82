import type { ListenerAction } from "@sluice/engine/ports/balancer.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { type BalancingRows, balancersOfGroups, groupsOfAction } from "../../../store/elb/balancing-rows.ts";
import type { Listener } from "../../../store/elb/listeners.ts";
import { notFound } from "./found.ts";

/** That a listener can forward to the groups of an action: they exist, speak its protocol, and are behind no other load balancer. */
export function checkActionTargets(
  action: ListenerAction,
  { protocol, loadBalancerArn }: Pick<Listener, "protocol" | "loadBalancerArn">,
  rows: BalancingRows,
): void {
  if (protocol === "TCP" && action.kind !== "forward") {
    throw new CallerFault(
      "InvalidLoadBalancerAction",
      `A TCP listener can only forward, and the action is ${action.kind}.`,
    );
  }
  const arns = groupsOfAction(action);
  const missing = arns.filter((arn) => !rows.targetGroups.some((group) => group.arn === arn));
  if (missing.length > 0) throw notFound("targetgroup", missing);
  const wanted = protocol === "TCP" ? "TCP" : "HTTP";
  for (const group of rows.targetGroups) {
    if (!arns.includes(group.arn) || group.protocol === wanted) continue;
    throw new CallerFault(
      "IncompatibleProtocols",
      `The target group '${group.arn}' has protocol ${group.protocol}, and a listener of protocol ${protocol} forwards to ${wanted}.`,
    );
  }
  const balancers = balancersOfGroups(rows);
  const shared = arns.filter((arn) => [...(balancers.get(arn) ?? [])].some((balancer) => balancer !== loadBalancerArn));
  if (shared.length > 0) {
    throw new CallerFault(
      "TargetGroupAssociationLimit",
      `The following target groups cannot be associated with more than one load balancer: ${shared.join(", ")}`,
    );
  }
}
