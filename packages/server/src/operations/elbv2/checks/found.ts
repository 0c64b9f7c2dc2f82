import { CallerFault } from "@sluice/model/caller-fault.ts";
import { elbResourceType } from "@sluice/model/elb-arn.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { BalancingRows } from "../../../store/elb/balancing-rows.ts";
import type { Listener, ListenerRule } from "../../../store/elb/listeners.ts";
import type { LoadBalancer } from "../../../store/elb/load-balancers.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import { invalid, required } from "./members.ts";

/** ELBv2's words for what an ARN names. */
const KINDS = {
  loadbalancer: { code: "LoadBalancerNotFound", one: "load balancer", many: "load balancers" },
  targetgroup: { code: "TargetGroupNotFound", one: "target group", many: "target groups" },
  listener: { code: "ListenerNotFound", one: "listener", many: "listeners" },
  "listener-rule": { code: "RuleNotFound", one: "listener rule", many: "rules" },
} as const satisfies Record<string, { code: FaultCode; one: string; many: string }>;

type Kind = keyof typeof KINDS;

export function requireLoadBalancer(
  { loadBalancers }: Pick<BalancingRows, "loadBalancers">,
  arn?: string,
): LoadBalancer {
  return require("loadbalancer", loadBalancers, required(arn, "LoadBalancerArn"));
}

export function requireTargetGroup({ targetGroups }: Pick<BalancingRows, "targetGroups">, arn?: string): TargetGroup {
  return require("targetgroup", targetGroups, required(arn, "TargetGroupArn"));
}

export function requireListener({ listeners }: Pick<BalancingRows, "listeners">, arn?: string): Listener {
  return require("listener", listeners, required(arn, "ListenerArn"));
}

export function requireRule({ rules }: Pick<BalancingRows, "rules">, arn?: string): ListenerRule {
  return require("listener-rule", rules, required(arn, "RuleArn"));
}

export function checkArn(kind: Kind, arn: string): string {
  if (elbResourceType(arn) === kind) return arn;
  throw invalid(`'${arn}' is not a valid ${KINDS[kind].one} ARN`);
}

export function notFound(kind: Kind, arns: readonly string[]): CallerFault {
  const { code, many } = KINDS[kind];
  return new CallerFault(code, `One or more ${many} not found: ${arns.join(", ")}`);
}

function require<Item extends { readonly arn: string }>(kind: Kind, items: readonly Item[], arn: string): Item {
  checkArn(kind, arn);
  const found = items.find((item) => item.arn === arn);
  if (!found) throw notFound(kind, [arn]);
  return found;
}
