import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { MAX_DEREGISTRATION_DELAY_SECONDS } from "@sluice/model/elb-limits.ts";
import { MULTI_VALUE_HEADERS } from "../../../balancing/target-group-attributes.ts";
import { readTargetGroups, saveTargetGroup, type TargetGroup } from "../../../store/elb/target-groups.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import {
  type AttributeRules,
  attributesView,
  changedAttributes,
  fixedAttribute,
  flagAttribute,
  numberAttribute,
} from "../checks/attributes.ts";
import { requireTargetGroup } from "../checks/found.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";

const NOT_STICKY = "a request goes to whichever target is next";

const OF_ALL: AttributeRules = {
  "deregistration_delay.timeout_seconds": numberAttribute(300, 0, MAX_DEREGISTRATION_DELAY_SECONDS),
  "stickiness.enabled": fixedAttribute("false", NOT_STICKY),
  "load_balancing.cross_zone.enabled": fixedAttribute("use_load_balancer_configuration", "there is one zone"),
};

const RULES: Readonly<Record<TargetGroup["protocol"] | "lambda", AttributeRules>> = {
  lambda: { [MULTI_VALUE_HEADERS]: flagAttribute("false") },
  HTTP: {
    ...OF_ALL,
    "stickiness.type": fixedAttribute("lb_cookie", NOT_STICKY),
    "stickiness.lb_cookie.duration_seconds": fixedAttribute("86400", NOT_STICKY),
    "load_balancing.algorithm.type": fixedAttribute("round_robin", "targets take turns"),
    "slow_start.duration_seconds": fixedAttribute("0", "a target gets its whole share as soon as it is healthy"),
  },
  TCP: {
    ...OF_ALL,
    "stickiness.type": fixedAttribute("source_ip", NOT_STICKY),
    "deregistration_delay.connection_termination.enabled": fixedAttribute("false", "connections end by themselves"),
    "preserve_client_ip.enabled": fixedAttribute("false", "targets see the balancer's address"),
    "proxy_protocol_v2.enabled": fixedAttribute("false", "the balancer does not speak it to targets"),
  },
};

function rulesOf({ targetType, protocol }: TargetGroup): AttributeRules {
  return RULES[targetType === "lambda" ? "lambda" : protocol];
}

export const describeTargetGroupAttributes: Elbv2Operation<
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput
> = async (input, { store }) => {
  const targetGroups = await readTargetGroups(store.db);
  const group = requireTargetGroup({ targetGroups }, input.TargetGroupArn);
  return { Attributes: attributesView(rulesOf(group), group.attributes) };
};

export const modifyTargetGroupAttributes: Elbv2Operation<
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput
> = async (input, context) => {
  const output = await changeBalancing(context, async (rows, db) => {
    const group = requireTargetGroup(rows, input.TargetGroupArn);
    const rules = rulesOf(group);
    const attributes = changedAttributes(rules, group.attributes, input.Attributes ?? [], "Target group");
    await saveTargetGroup(db, { ...group, attributes });
    return { Attributes: attributesView(rules, attributes) };
  });
  await tellBalancer(context);
  return output;
};
