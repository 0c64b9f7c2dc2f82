import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ElbLoadBalancersTable } from "../../../store/elb/elb-tables.ts";
import { readLoadBalancers, saveLoadBalancer } from "../../../store/elb/load-balancers.ts";
import { changeBalancing } from "../change-balancing.ts";
import {
  type AttributeRules,
  attributesView,
  changedAttributes,
  fixedAttribute,
  flagAttribute,
} from "../checks/attributes.ts";
import { requireLoadBalancer } from "../checks/found.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";

const OF_ALL: AttributeRules = {
  "deletion_protection.enabled": flagAttribute("false"),
  "access_logs.s3.enabled": fixedAttribute("false", "the balancer writes no access logs"),
  "load_balancing.cross_zone.enabled": fixedAttribute("true", "there is one zone"),
};

const RULES: Readonly<Record<ElbLoadBalancersTable["type"], AttributeRules>> = {
  application: {
    ...OF_ALL,
    "idle_timeout.timeout_seconds": fixedAttribute("60", "it is the same for all load balancers"),
    "routing.http.preserve_host_header.enabled": fixedAttribute("true", "targets get the Host header as it came"),
  },
  network: OF_ALL,
};

export const describeLoadBalancerAttributes: Elbv2Operation<
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput
> = async (input, { store }) => {
  const loadBalancers = await readLoadBalancers(store.db);
  const { type, attributes } = requireLoadBalancer({ loadBalancers }, input.LoadBalancerArn);
  return { Attributes: attributesView(RULES[type], attributes) };
};

export const modifyLoadBalancerAttributes: Elbv2Operation<
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput
> = (input, context) =>
  changeBalancing(context, async (rows, db) => {
    const loadBalancer = requireLoadBalancer(rows, input.LoadBalancerArn);
    const rules = RULES[loadBalancer.type];
    const attributes = changedAttributes(rules, loadBalancer.attributes, input.Attributes ?? [], "Load balancer");
    await saveLoadBalancer(db, { ...loadBalancer, attributes });
    return { Attributes: attributesView(rules, attributes) };
  });
