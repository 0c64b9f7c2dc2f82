import type { Kysely } from "kysely";
import { functionTrouble, parseFunctionArn } from "../../balancing/function-target.ts";
import { MULTI_VALUE_HEADERS } from "../../balancing/target-group-attributes.ts";
import type { BalancingRows } from "../../store/elb/balancing-rows.ts";
import type { Database } from "../../store/schema.ts";
import type { GatewayGroup } from "./function-door.ts";

/** The target groups of functions, with what each has registered now. What drains gets nothing new. */
export async function readGatewayGroups(
  db: Kysely<Database>,
  { targetGroups, targets }: Pick<BalancingRows, "targetGroups" | "targets">,
): Promise<readonly GatewayGroup[]> {
  const groups: GatewayGroup[] = [];
  for (const { arn, targetType, attributes } of targetGroups) {
    if (targetType !== "lambda") continue;
    const isMultiValue = attributes[MULTI_VALUE_HEADERS] === "true";
    const registered = targets.find((target) => target.targetGroupArn === arn && target.drainingSince === null);
    groups.push({
      targetGroupArn: arn,
      isMultiValue,
      target: registered ? await targetOf(db, registered.address, arn) : null,
    });
  }
  return groups;
}

async function targetOf(
  db: Kysely<Database>,
  functionArn: string,
  targetGroupArn: string,
): Promise<GatewayGroup["target"]> {
  const named = parseFunctionArn(functionArn);
  const trouble = await functionTrouble(db, functionArn, targetGroupArn);
  return {
    functionName: named?.functionName ?? "",
    qualifier: named?.qualifier,
    trouble: trouble?.words ?? "",
  };
}
