import type { ELBV2_TABLE } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import { ANY_RESOURCE, type NeedsContext, needsOn } from "./needs-context.ts";

/** Members of ELBv2's inputs that name what a call is about. */
interface NamingMembers {
  readonly Name?: string;
  readonly Type?: string;
  readonly LoadBalancerArn?: string;
  readonly ListenerArn?: string;
  readonly RuleArn?: string;
  readonly TargetGroupArn?: string;
  readonly ResourceArns?: readonly string[];
  readonly RulePriorities?: readonly { readonly RuleArn?: string }[];
}

/** By the ARNs of the call. What only looks is asked of all, as in AWS; what is made has an ARN with its name and any id. */
export function elbv2Needs(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
  const action: Action = `elasticloadbalancing:${operation as keyof typeof ELBV2_TABLE}`;
  if (operation.startsWith("Describe")) return [{ action, resource: ANY_RESOURCE }];
  const { Name, Type, ...named } = input as NamingMembers;
  const prefix = `arn:aws:elasticloadbalancing:${context.region}:${context.accountId}:`;
  if (operation === "CreateTargetGroup") return needsOn(action, [`${prefix}targetgroup/${Name ?? "*"}/*`]);
  if (operation === "CreateLoadBalancer") {
    return needsOn(action, [`${prefix}loadbalancer/${Type === "network" ? "net" : "app"}/${Name ?? "*"}/*`]);
  }
  const arns = [named.RuleArn, named.ListenerArn, named.LoadBalancerArn, named.TargetGroupArn]
    .concat(named.ResourceArns ?? [], named.RulePriorities?.map(({ RuleArn }) => RuleArn) ?? [])
    .filter((arn) => arn !== undefined);
  return needsOn(action, arns);
}
