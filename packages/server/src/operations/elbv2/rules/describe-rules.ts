import type { DescribeRulesInput, DescribeRulesOutput, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type BalancingRows, readBalancingRows } from "../../../store/elb/balancing-rows.ts";
import { checkArn, notFound, requireListener } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import { pageOf } from "../checks/paging.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { defaultRuleView, ruleView } from "../views/rule-view.ts";

/** Digits of the greatest priority, and one more: what a rule's place in the order is told by. */
const PRIORITY_DIGITS = 6;

/** A listener's rules in their order, its default action last; or those that are named. */
export const describeRules: Elbv2Operation<DescribeRulesInput, DescribeRulesOutput> = async (input, context) => {
  const { ListenerArn, RuleArns: arns = [] } = input;
  if ((ListenerArn === undefined) === (arns.length === 0)) {
    throw invalid("You must specify either listener rule ARNs or a listener ARN");
  }
  const rows = await readBalancingRows(context.store.db);
  const listenerArn = ListenerArn === undefined ? undefined : requireListener(rows, ListenerArn).arn;
  const all = allRules(rows);
  const missing = arns.filter((arn) => !all.some(({ rule }) => rule.RuleArn === checkArn("listener-rule", arn)));
  if (missing.length > 0) throw notFound("listener-rule", missing);
  const asked = all.filter((one) => one.listenerArn === listenerArn || arns.includes(one.rule.RuleArn ?? ""));
  const { items, NextMarker } = pageOf("DescribeRules", asked, ({ place }) => place, input, context);
  return { Rules: items.map(({ rule }) => rule), NextMarker };
};

interface PlacedRule {
  readonly listenerArn: string;
  readonly place: string;
  readonly rule: Rule;
}

function allRules({ listeners, rules }: BalancingRows): readonly PlacedRule[] {
  return [
    ...rules.map((rule) => ({
      listenerArn: rule.listenerArn,
      place: `${rule.listenerArn} ${String(rule.priority).padStart(PRIORITY_DIGITS, "0")}`,
      rule: ruleView(rule),
    })),
    ...listeners.map((listener) => ({
      listenerArn: listener.arn,
      place: `${listener.arn} default`,
      rule: defaultRuleView(listener),
    })),
  ];
}
