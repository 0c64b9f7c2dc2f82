import type { ModifyTargetGroupInput, ModifyTargetGroupOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { balancersOfGroups } from "../../../store/elb/balancing-rows.ts";
import { saveTargetGroup } from "../../../store/elb/target-groups.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import { requireTargetGroup } from "../checks/found.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { targetGroupView } from "../views/target-group-view.ts";
import { readHealthCheck, readIsChecked } from "./health-check-input.ts";

/** The health check alone can be modified, as with AWS. */
export const modifyTargetGroup: Elbv2Operation<ModifyTargetGroupInput, ModifyTargetGroupOutput> = async (
  input,
  context,
) => {
  const output = await changeBalancing(context, async (rows, db) => {
    const group = requireTargetGroup(rows, input.TargetGroupArn);
    const changed = {
      ...group,
      healthCheck: readHealthCheck(input, group.healthCheck, group.targetType),
      isChecked: readIsChecked(input.HealthCheckEnabled, group),
    };
    await saveTargetGroup(db, changed);
    return { TargetGroups: [targetGroupView(changed, [...(balancersOfGroups(rows).get(group.arn) ?? [])])] };
  });
  await tellBalancer(context);
  return output;
};
