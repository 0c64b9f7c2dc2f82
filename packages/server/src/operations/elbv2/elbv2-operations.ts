import type { Elbv2Operations } from "@sluice/wire/generated/elbv2-shapes.ts";
import type { Elbv2Operation } from "./elbv2-context.ts";
import { createListener } from "./listeners/create-listener.ts";
import { deleteListener } from "./listeners/delete-listener.ts";
import { describeListeners } from "./listeners/describe-listeners.ts";
import { modifyListener } from "./listeners/modify-listener.ts";
import { createLoadBalancer } from "./load-balancers/create-load-balancer.ts";
import { deleteLoadBalancer } from "./load-balancers/delete-load-balancer.ts";
import { describeLoadBalancers } from "./load-balancers/describe-load-balancers.ts";
import {
  describeLoadBalancerAttributes,
  modifyLoadBalancerAttributes,
} from "./load-balancers/load-balancer-attributes.ts";
import { createRule } from "./rules/create-rule.ts";
import { deleteRule } from "./rules/delete-rule.ts";
import { describeRules } from "./rules/describe-rules.ts";
import { modifyRule, setRulePriorities } from "./rules/modify-rule.ts";
import { addTags, describeTags, removeTags } from "./tags/resource-tags.ts";
import { createTargetGroup } from "./target-groups/create-target-group.ts";
import { deleteTargetGroup } from "./target-groups/delete-target-group.ts";
import { describeTargetGroups } from "./target-groups/describe-target-groups.ts";
import { modifyTargetGroup } from "./target-groups/modify-target-group.ts";
import { describeTargetGroupAttributes, modifyTargetGroupAttributes } from "./target-groups/target-group-attributes.ts";
import { describeTargetHealth } from "./targets/describe-target-health.ts";
import { deregisterTargets, registerTargets } from "./targets/register-targets.ts";

/** The operations of Elastic Load Balancing v2 that are served, by their names on the wire. */
export const ELBV2_HANDLERS: {
  readonly [Name in keyof Elbv2Operations]: Elbv2Operation<
    Elbv2Operations[Name]["input"],
    Elbv2Operations[Name]["output"]
  >;
} = {
  AddTags: addTags,
  CreateListener: createListener,
  CreateLoadBalancer: createLoadBalancer,
  CreateRule: createRule,
  CreateTargetGroup: createTargetGroup,
  DeleteListener: deleteListener,
  DeleteLoadBalancer: deleteLoadBalancer,
  DeleteRule: deleteRule,
  DeleteTargetGroup: deleteTargetGroup,
  DeregisterTargets: deregisterTargets,
  DescribeListeners: describeListeners,
  DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeRules: describeRules,
  DescribeTags: describeTags,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
  ModifyListener: modifyListener,
  ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
  ModifyRule: modifyRule,
  ModifyTargetGroup: modifyTargetGroup,
  ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
  RegisterTargets: registerTargets,
  RemoveTags: removeTags,
  SetRulePriorities: setRulePriorities,
};
