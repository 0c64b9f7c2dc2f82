import type { RuleCondition as ConditionView, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RuleCondition } from "@sluice/engine/ports/balancer.ts";
import { defaultRuleArn } from "@sluice/model/elb-arn.ts";
import type { Listener, ListenerRule } from "../../../store/elb/listeners.ts";
import { actionsView } from "./action-view.ts";

export function ruleView({ arn, priority, conditions, action }: ListenerRule): Rule {
  return {
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditions.map(conditionView),
    Actions: actionsView(action),
    IsDefault: false,
  };
}

/** The listener's default action, as AWS shows it among the rules. */
export function defaultRuleView({ arn, defaultAction }: Listener): Rule {
  return {
    RuleArn: defaultRuleArn(arn),
    Priority: "default",
    Conditions: [],
    Actions: actionsView(defaultAction),
    IsDefault: true,
  };
}

function conditionView(condition: RuleCondition): ConditionView {
  const { field: Field } = condition;
  switch (condition.field) {
    case "host-header":
      return { Field, Values: [...condition.values], HostHeaderConfig: { Values: [...condition.values] } };
    case "path-pattern":
      return { Field, Values: [...condition.values], PathPatternConfig: { Values: [...condition.values] } };
    case "http-header":
      return { Field, HttpHeaderConfig: { HttpHeaderName: condition.name, Values: [...condition.values] } };
    case "http-request-method":
      return { Field, HttpRequestMethodConfig: { Values: [...condition.values] } };
    case "source-ip":
      return { Field, SourceIpConfig: { Values: [...condition.values] } };
    case "query-string":
      return {
        Field,
        QueryStringConfig: {
          Values: condition.values.map(({ key, value }) => ({ ...(key !== null && { Key: key }), Value: value })),
        },
      };
    default:
      return condition satisfies never;
  }
}
