import type { BalancerHealthCheck, ListenerAction, RuleCondition } from "@sluice/engine/ports/balancer.ts";
import { type Form, listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { JsonColumn } from "./json-column.ts";

/** `elb_load_balancers.body_json`. Subnets and security groups are names that are shown again, and nothing else. */
export interface LoadBalancerBody {
  readonly scheme: "internet-facing" | "internal";
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** `elb_target_groups.body_json`. */
export interface TargetGroupBody {
  readonly protocol: "HTTP" | "TCP";
  /** Of targets that are registered without one. */
  readonly port: number;
  /** A name that is shown again; null: none was given. */
  readonly vpcId: string | null;
  /** `lambda`: protocol and port mean nothing, and are those of HTTP. */
  readonly targetType: "ip" | "instance" | "lambda";
  readonly healthCheck: BalancerHealthCheck;
  /** Of `lambda` it may be false, and is at first. Earlier versions did not store it: all were checked. */
  readonly isChecked: boolean;
}

/** `…attributes_json`: those that were set, by ELBv2's names; the others have their usual values. */
export type ElbAttributes = Readonly<Record<string, string>>;

const ATTRIBUTES: Form<ElbAttributes> = {
  problemOf(value) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is not an object";
    const wrong = Object.entries(value).find(([, member]) => typeof member !== "string");
    return wrong ? `its ${wrong[0]} is not text` : null;
  },
  complete: (stored) => stored,
};

const ACTION: Form<ListenerAction> = objectOf<{ kind: string }>({ kind: "text" }) as unknown as Form<ListenerAction>;
const CONDITION: Form<RuleCondition> = objectOf<{ field: string; values: readonly unknown[] }>({
  field: "text",
  values: "list",
}) as unknown as Form<RuleCondition>;
const TAGS = listOf(objectOf<Tag>({ Key: "text", Value: "text" }));

const LOAD_BALANCER = ["load_balancer_arn"] as const;
const TARGET_GROUP = ["target_group_arn"] as const;

export const LOAD_BALANCER_BODY = new JsonColumn(
  "elb_load_balancers.body_json",
  LOAD_BALANCER,
  objectOf<LoadBalancerBody>({ scheme: "text", subnets: "list", securityGroups: "list" }),
);
export const LOAD_BALANCER_ATTRIBUTES = new JsonColumn("elb_load_balancers.attributes_json", LOAD_BALANCER, ATTRIBUTES);
export const LOAD_BALANCER_TAGS = new JsonColumn("elb_load_balancers.tags_json", LOAD_BALANCER, TAGS);
export const TARGET_GROUP_BODY = new JsonColumn(
  "elb_target_groups.body_json",
  TARGET_GROUP,
  objectOf<TargetGroupBody>(
    {
      protocol: "text",
      port: "number",
      vpcId: "text or null",
      targetType: "text",
      healthCheck: "object",
      isChecked: "flag",
    },
    { isChecked: true },
  ),
);
export const TARGET_GROUP_ATTRIBUTES = new JsonColumn("elb_target_groups.attributes_json", TARGET_GROUP, ATTRIBUTES);
export const TARGET_GROUP_TAGS = new JsonColumn("elb_target_groups.tags_json", TARGET_GROUP, TAGS);
export const DEFAULT_ACTION = new JsonColumn("elb_listeners.default_action_json", ["listener_arn"], ACTION);
export const LISTENER_TAGS = new JsonColumn("elb_listeners.tags_json", ["listener_arn"], TAGS);
export const RULE_CONDITIONS = new JsonColumn("elb_rules.conditions_json", ["rule_arn"], listOf(CONDITION));
export const RULE_ACTION = new JsonColumn("elb_rules.action_json", ["rule_arn"], ACTION);
export const RULE_TAGS = new JsonColumn("elb_rules.tags_json", ["rule_arn"], TAGS);
