import type {
  DeregisterTargetsInput,
  DeregisterTargetsOutput,
  RegisterTargetsInput,
  RegisterTargetsOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_TARGETS_PER_TARGET_GROUP } from "@sluice/model/elb-limits.ts";
import { beginDraining, registerTarget } from "../../../store/elb/registered-targets.ts";
import { changeBalancing, tellBalancer } from "../change-balancing.ts";
import { requireTargetGroup } from "../checks/found.ts";
import { invalid } from "../checks/members.ts";
import type { Elbv2Operation } from "../elbv2-context.ts";
import { FUNCTION_PORT, requireFunction } from "./function-target-input.ts";
import { readTargets, requireAddress, requireReachable } from "./target-input.ts";

export const registerTargets: Elbv2Operation<RegisterTargetsInput, RegisterTargetsOutput> = async (input, context) => {
  const asked = readTargets(input.Targets ?? []);
  if (asked.length === 0) throw invalid("Targets must have at least one target.");
  const registeredAt = context.now();
  const { allowsLocalTargets, ownAddresses } = context.balancing.place;
  const rules = { allowsLocalTargets, ownAddresses: ownAddresses() };
  await changeBalancing(context, async (rows, db) => {
    const group = requireTargetGroup(rows, input.TargetGroupArn);
    if (group.targetType === "lambda") {
      const address = await requireFunction(asked, group, rows, db, context);
      return registerTarget(db, { targetGroupArn: group.arn, address, port: FUNCTION_PORT, registeredAt });
    }
    const addresses = asked.map((target) => requireAddress(target, group));
    for (const { address } of addresses) requireReachable(address, rules);
    const others = rows.targets.filter(({ targetGroupArn }) => targetGroupArn === group.arn);
    const keys = new Set([...others, ...addresses].map(({ address, port }) => `${address}:${port}`));
    if (keys.size > MAX_TARGETS_PER_TARGET_GROUP) {
      throw new CallerFault(
        "TooManyTargets",
        `A target group has at most ${MAX_TARGETS_PER_TARGET_GROUP} registered targets; this would be ${keys.size}.`,
      );
    }
    for (const target of addresses) await registerTarget(db, { targetGroupArn: group.arn, ...target, registeredAt });
  });
  await tellBalancer(context);
  return {};
};

/** They serve what they have for the group's delay, and are gone then. One that is not registered is a success, as with AWS. */
export const deregisterTargets: Elbv2Operation<DeregisterTargetsInput, DeregisterTargetsOutput> = async (
  input,
  context,
) => {
  const asked = readTargets(input.Targets ?? []);
  if (asked.length === 0) throw invalid("Targets must have at least one target.");
  const now = context.now();
  await changeBalancing(context, async (rows, db) => {
    const group = requireTargetGroup(rows, input.TargetGroupArn);
    const isFunction = group.targetType === "lambda";
    const addresses = asked.map((target) => ({
      ...(isFunction ? { address: target.id, port: FUNCTION_PORT } : requireAddress(target, group)),
      anyPort: isFunction || target.port === undefined,
    }));
    for (const target of rows.targets) {
      const isAsked = addresses.some(
        ({ address, port, anyPort }) => address === target.address && (anyPort || port === target.port),
      );
      if (target.targetGroupArn === group.arn && isAsked) await beginDraining(db, target, now);
    }
  });
  await tellBalancer(context);
  return {};
};
