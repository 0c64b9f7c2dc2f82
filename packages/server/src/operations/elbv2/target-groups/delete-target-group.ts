import type { DeleteTargetGroupInput, DeleteTargetGroupOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { balancersOfGroups } from "../../../store/elb/balancing-rows.ts";
import { removeTargetGroup } from "../../../store/elb/target-groups.ts";
import { changeBalancing } from "../change-balancing.ts";
import { checkArn } from "../checks/found.ts";
import { required } from "../checks/members.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";

/** One that does not exist is a success, as with AWS. */
export const deleteTargetGroup: Elbv2Operation<DeleteTargetGroupInput, DeleteTargetGroupOutput> = async (
  input,
  context,
) => {
  const arn = checkArn("targetgroup", required(input.TargetGroupArn, "TargetGroupArn"));
  await changeBalancing(context, async (rows, db) => {
    if (balancersOfGroups(rows).has(arn)) {
      throw new CallerFault("ResourceInUse", `Target group '${arn}' is currently in use by a listener or a rule`);
    }
    await removeTargetGroup(db, arn);
  });
  return {};
};
