import type { ListenerAction, RuleCondition } from "@sluice/engine/ports/balancer.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { Kysely, Selectable } from "kysely";
import { DEFAULT_ACTION, LISTENER_TAGS, RULE_ACTION, RULE_CONDITIONS, RULE_TAGS } from "../columns/elb-columns.ts";
import type { Database } from "../schema.ts";
import type { ElbListenersTable, ElbRulesTable } from "./elb-tables.ts";

export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: ElbListenersTable["protocol"];
  /** Of HTTPS, as the caller named it. */
  readonly certificate: string | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Its groups are ARNs. */
  readonly defaultAction: ListenerAction;
  readonly tags: readonly Tag[];
}

/** Of a listener, besides its default action. */
export interface ListenerRule {
  readonly arn: string;
  readonly listenerArn: string;
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
  readonly action: ListenerAction;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

/** In the order in which they were made. */
export async function readListeners(db: Kysely<Database>): Promise<readonly Listener[]> {
  const rows = await db.selectFrom("elb_listeners").selectAll().orderBy("created_at").orderBy("listener_arn").execute();
  return rows.map((row) => ({
    arn: row.listener_arn,
    loadBalancerArn: row.load_balancer_arn,
    port: row.port,
    protocol: row.protocol,
    certificate: row.certificate,
    createdAt: row.created_at,
    defaultAction: DEFAULT_ACTION.read(row),
    tags: LISTENER_TAGS.read(row),
  }));
}

/** Of each listener in the order of their priorities. */
export async function readListenerRules(db: Kysely<Database>): Promise<readonly ListenerRule[]> {
  const rows = await db.selectFrom("elb_rules").selectAll().orderBy("listener_arn").orderBy("priority").execute();
  return rows.map((row) => ({
    arn: row.rule_arn,
    listenerArn: row.listener_arn,
    priority: row.priority,
    conditions: RULE_CONDITIONS.read(row),
    action: RULE_ACTION.read(row),
    createdAt: row.created_at,
    tags: RULE_TAGS.read(row),
  }));
}

/** New, or instead of the one with its ARN. */
export async function saveListener(db: Kysely<Database>, listener: Listener): Promise<void> {
  const row: Selectable<ElbListenersTable> = {
    listener_arn: listener.arn,
    load_balancer_arn: listener.loadBalancerArn,
    port: listener.port,
    protocol: listener.protocol,
    certificate: listener.certificate,
    created_at: listener.createdAt,
    default_action_json: DEFAULT_ACTION.write(listener.defaultAction),
    tags_json: LISTENER_TAGS.write(listener.tags),
  };
  await db
    .insertInto("elb_listeners")
    .values(row)
    .onConflict((conflict) => conflict.column("listener_arn").doUpdateSet(row))
    .execute();
}

/** With its rules. */
export async function removeListener(db: Kysely<Database>, arn: string): Promise<void> {
  await db.deleteFrom("elb_rules").where("listener_arn", "=", arn).execute();
  await db.deleteFrom("elb_listeners").where("listener_arn", "=", arn).execute();
}

/** New, or instead of the one with its ARN. */
export async function saveListenerRule(db: Kysely<Database>, rule: ListenerRule): Promise<void> {
  const row: Selectable<ElbRulesTable> = {
    rule_arn: rule.arn,
    listener_arn: rule.listenerArn,
    priority: rule.priority,
    conditions_json: RULE_CONDITIONS.write(rule.conditions),
    action_json: RULE_ACTION.write(rule.action),
    created_at: rule.createdAt,
    tags_json: RULE_TAGS.write(rule.tags),
  };
  await db
    .insertInto("elb_rules")
    .values(row)
    .onConflict((conflict) => conflict.column("rule_arn").doUpdateSet(row))
    .execute();
}

/** Rules that change places do so all at once: on the way each has a number below zero, which no rule has otherwise. */
export async function setRulePriorities(
  db: Kysely<Database>,
  priorities: readonly { readonly arn: string; readonly priority: number }[],
): Promise<void> {
  for (const sign of [-1, 1]) {
    for (const { arn, priority } of priorities) {
      await db
        .updateTable("elb_rules")
        .set({ priority: sign * priority })
        .where("rule_arn", "=", arn)
        .execute();
    }
  }
}

export async function removeListenerRule(db: Kysely<Database>, arn: string): Promise<void> {
  await db.deleteFrom("elb_rules").where("rule_arn", "=", arn).execute();
}
