import type { DeleteRuleInput, DeleteRuleOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { removeListenerRule } from "../../../store/elb/listeners.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import { requireRule } from "../checks/found.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { refuseDefaultRule } from "./rule-checks.ts";

export const deleteRule: Elbv2Operation<DeleteRuleInput, DeleteRuleOutput> = async (input, context) => {
  await changeBalancing(context, async (rows, db) => {
    refuseDefaultRule(input.RuleArn, "deleted", rows);
    await removeListenerRule(db, requireRule(rows, input.RuleArn).arn);
  });
  await tellBalancer(context);
  return {};
};
