import { CallerFault } from "@sluice/model/caller-fault.ts";
import { defaultRuleArn } from "@sluice/model/elb-arn.ts";
import type { BalancingRows } from "../../../store/elb/balancing-rows.ts";
import { refused } from "../checks/members.ts";

export const NO_TRANSFORMS = refused("is not supported: requests go to targets as they came.");

export function priorityInUse(priority: number): CallerFault {
  return new CallerFault("PriorityInUse", `Priority '${priority}' is currently in use`);
}

/** @param verb what cannot be done: `deleted` */
export function refuseDefaultRule(arn: string | undefined, verb: string, { listeners }: BalancingRows): void {
  if (arn === undefined || !listeners.some((listener) => defaultRuleArn(listener.arn) === arn)) return;
  throw new CallerFault(
    "OperationNotPermitted",
    `Default rule '${arn}' cannot be ${verb}: it is the listener's default action, which ModifyListener changes.`,
  );
}
