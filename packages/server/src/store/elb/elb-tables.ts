import type { ListenerAction, RuleCondition } from "@sluice/engine/ports/balancer.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { ElbAttributes, LoadBalancerBody, TargetGroupBody } from "../columns/elb-columns.ts";

/** The load balancers that Sluice runs itself. All of them listen on the one address of the `haproxy` binding. */
export interface ElbLoadBalancersTable {
  load_balancer_arn: string;
  name: string;
  type: "application" | "network";
  created_at: number;
  body_json: Json<LoadBalancerBody>;
  attributes_json: Json<ElbAttributes>;
  tags_json: Json<readonly Tag[]>;
}

export interface ElbTargetGroupsTable {
  target_group_arn: string;
  name: string;
  created_at: number;
  body_json: Json<TargetGroupBody>;
  attributes_json: Json<ElbAttributes>;
  tags_json: Json<readonly Tag[]>;
}

export interface ElbListenersTable {
  listener_arn: string;
  load_balancer_arn: string;
  port: number;
  protocol: "HTTP" | "HTTPS" | "TCP";
  /** Of HTTPS: as the caller named it, a name of the binding's `certificates` or an ARN that ends in one. */
  certificate: string | null;
  created_at: number;
  default_action_json: Json<ListenerAction>;
  tags_json: Json<readonly Tag[]>;
}

/** Without the default rule, which is the listener's default action. */
export interface ElbRulesTable {
  rule_arn: string;
  listener_arn: string;
  /** The lowest that matches acts; one for each rule of a listener. */
  priority: number;
  conditions_json: Json<readonly RuleCondition[]>;
  action_json: Json<ListenerAction>;
  created_at: number;
  tags_json: Json<readonly Tag[]>;
}

/** What RegisterTargets was given. Tasks are targets of their task set's group without a row here. */
export interface ElbTargetsTable {
  target_group_arn: string;
  address: string;
  port: number;
  registered_at: number;
  /** Since it was deregistered; the row goes when its sessions have ended, or the group's delay is over. */
  draining_since: number | null;
}
