import { isDeepStrictEqual } from "node:util";
import type {
  ModifyRuleInput,
  ModifyRuleOutput,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { MAX_RULE_PRIORITY } from "@sluice/model/elb-limits.ts";
import { saveListenerRule, setRulePriorities as storePriorities } from "../../../store/elb/listeners.ts";
import { changeBalancing, requireServed, tellBalancer } from "../change-balancing.ts";
import { readAction } from "../checks/action-input.ts";
import { checkActionTargets } from "../checks/action-targets.ts";
import { readConditions } from "../checks/condition-input.ts";
import { requireListener, requireRule } from "../checks/found.ts";
import { checkMembers, invalid, required, requireOnly, requireWithin } from "../checks/members.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { ruleView } from "../views/rule-view.ts";
import { NO_TRANSFORMS, priorityInUse, refuseDefaultRule } from "./rule-checks.ts";

/** Answered when the balancer serves it so; otherwise it stays as it was. */
export const modifyRule: Elbv2Operation<ModifyRuleInput, ModifyRuleOutput> = async (input, context) => {
  checkMembers(input, {
    RuleArn: "read",
    Conditions: "read",
    Actions: "read",
    Transforms: NO_TRANSFORMS,
    ResetTransforms: "read",
  });
  requireOnly(input.ResetTransforms, false, "ResetTransforms", "rules have no transforms");
  const conditions = input.Conditions === undefined ? undefined : readConditions(input.Conditions);
  const action = input.Actions === undefined ? undefined : readAction(input.Actions, "Actions");
  const { listener, before, after } = await changeBalancing(context, async (rows, db) => {
    refuseDefaultRule(input.RuleArn, "modified", rows);
    const found = requireRule(rows, input.RuleArn);
    const listener = requireListener(rows, found.listenerArn);
    if (action) checkActionTargets(action, listener, rows);
    const changed = { ...found, ...(conditions && { conditions }), ...(action && { action }) };
    await saveListenerRule(db, changed);
    return { listener, before: found, after: changed };
  });
  await requireServed(context, listener, async (rows, db) => {
    // A shift may have changed its weights meanwhile.
    const current = rows.rules.find(({ arn }) => arn === after.arn);
    if (isDeepStrictEqual(current, after)) await saveListenerRule(db, before);
  });
  return { Rules: [ruleView(after)] };
};

/** All at once, so that rules can change places. */
export const setRulePriorities: Elbv2Operation<SetRulePrioritiesInput, SetRulePrioritiesOutput> = async (
  input,
  context,
) => {
  const asked = (input.RulePriorities ?? []).map(({ RuleArn, Priority }, index) => {
    const path = `RulePriorities.member.${index + 1}.`;
    const arn = required(RuleArn, `${path}RuleArn`);
    const priority = required(Priority, `${path}Priority`);
    return { arn, priority: requireWithin(priority, `${path}Priority`, 1, MAX_RULE_PRIORITY) };
  });
  if (asked.length === 0) throw invalid("RulePriorities must have at least one rule.");
  if (new Set(asked.map(({ arn }) => arn)).size < asked.length) throw invalid("RulePriorities names a rule twice.");
  const rules = await changeBalancing(context, async (rows, db) => {
    const wanted = new Map(asked.map(({ arn, priority }) => [arn, priority]));
    const changed = asked.map(({ arn, priority }) => {
      refuseDefaultRule(arn, "given a priority", rows);
      return { ...requireRule(rows, arn), priority };
    });
    for (const { arn, listenerArn, priority } of changed) {
      const holder = rows.rules.find(
        (other) =>
          other.arn !== arn &&
          other.listenerArn === listenerArn &&
          (wanted.get(other.arn) ?? other.priority) === priority,
      );
      if (holder) throw priorityInUse(priority);
    }
    await storePriorities(db, changed);
    return changed;
  });
  await tellBalancer(context);
  return { Rules: rules.map(ruleView) };
};
