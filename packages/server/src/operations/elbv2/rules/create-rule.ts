import type { CreateRuleInput, CreateRuleOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { listenerRuleArn } from "@sluice/model/elb-arn.ts";
import { MAX_RULE_PRIORITY, MAX_RULES_PER_LOAD_BALANCER } from "@sluice/model/elb-limits.ts";
import { type ListenerRule, removeListenerRule, saveListenerRule } from "../../../store/elb/listeners.ts";
import { changeBalancing, requireServed } from "../change-balancing.ts";
import { readAction } from "../checks/action-input.ts";
import { checkActionTargets } from "../checks/action-targets.ts";
import { readConditions } from "../checks/condition-input.ts";
import { requireListener } from "../checks/found.ts";
import { checkMembers, required, requireWithin } from "../checks/members.ts";
import { newElbId } from "../checks/new-elb-id.ts";
import { readTags } from "../checks/tag-input.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { ruleView } from "../views/rule-view.ts";
import { NO_TRANSFORMS, priorityInUse } from "./rule-checks.ts";

/** Answered when the balancer serves it; what it cannot serve is not kept, since it would keep back every later change. */
export const createRule: Elbv2Operation<CreateRuleInput, CreateRuleOutput> = async (input, context) => {
  checkMembers(input, {
    ListenerArn: "read",
    Conditions: "read",
    Priority: "read",
    Actions: "read",
    Tags: "read",
    Transforms: NO_TRANSFORMS,
  });
  const priority = requireWithin(required(input.Priority, "Priority"), "Priority", 1, MAX_RULE_PRIORITY);
  const asked = {
    priority,
    conditions: readConditions(input.Conditions),
    action: readAction(input.Actions, "Actions"),
    tags: readTags(input.Tags),
    createdAt: context.now(),
  };
  const id = newElbId(context);
  const { listener, rule } = await changeBalancing(context, async (rows, db) => {
    const listener = requireListener(rows, input.ListenerArn);
    if (listener.protocol === "TCP") {
      throw new CallerFault("OperationNotPermitted", "Rules are not supported for listeners of network load balancers");
    }
    checkActionTargets(asked.action, listener, rows);
    if (rows.rules.some((other) => other.listenerArn === listener.arn && other.priority === priority)) {
      throw priorityInUse(priority);
    }
    const balancerOf = new Map(rows.listeners.map(({ arn, loadBalancerArn }) => [arn, loadBalancerArn]));
    const others = rows.rules.filter((other) => balancerOf.get(other.listenerArn) === listener.loadBalancerArn);
    if (others.length >= MAX_RULES_PER_LOAD_BALANCER) {
      throw new CallerFault(
        "TooManyRules",
        `The load balancer '${listener.loadBalancerArn}' has ${MAX_RULES_PER_LOAD_BALANCER} rules, which is the most allowed.`,
      );
    }
    const created: ListenerRule = { ...asked, arn: listenerRuleArn(listener.arn, id), listenerArn: listener.arn };
    await saveListenerRule(db, created);
    return { listener, rule: created };
  });
  await requireServed(context, listener, (_rows, db) => removeListenerRule(db, rule.arn));
  return { Rules: [ruleView(rule)] };
};
