import { listenerArn, listenerRuleArn } from "@sluice/model/elb-arn.ts";
import type { ELBV2_TABLE } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { Action } from "../access/action.ts";
import type { Need } from "../access/need.ts";
import {
  ANY_RESOURCE,
  creationNeeds,
  type NamedTags,
  type NeedsContext,
  needsOn,
  requestTags,
} from "./needs-context.ts";

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
  /** Of what is made or tagged. */
  readonly Tags?: NamedTags;
  readonly TagKeys?: readonly string[];
}

const TAG: Action = "elasticloadbalancing:AddTags";

/** What the call is about, and the tags that it gives or takes away: what is made with tags is asked for {@link TAG}, too, as in AWS. */
export function elbv2Needs(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
  const { Tags, TagKeys } = input as NamingMembers;
  const given = requestTags(Tags);
  const needs = resourceNeeds(operation, input, context);
  const [need] = needs;
  if (need === undefined) return needs;
  switch (operation) {
    case "CreateLoadBalancer":
    case "CreateTargetGroup":
      return creationNeeds(need, TAG, given);
    case "CreateListener":
      return creationNeeds(need, TAG, given, listenerArn(need.resource, "*"));
    case "CreateRule":
      return creationNeeds(need, TAG, given, listenerRuleArn(need.resource, "*"));
    case "AddTags":
      return needs.map((each) => ({ ...each, requestTags: given }));
    case "RemoveTags":
      return needs.map((each) => ({ ...each, takenTagKeys: TagKeys }));
    default:
      return needs;
  }
}

/** By the ARNs of the call. What only looks is asked of all, as in AWS; what is made has an ARN with its name and any id. */
function resourceNeeds(operation: string, input: unknown, context: NeedsContext): readonly Need[] {
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
