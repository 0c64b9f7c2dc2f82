import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Transaction } from "kysely";
import { functionTrouble, parseFunctionArn } from "../../../balancing/function-target.ts";
import type { BalancingRows } from "../../../store/elb/balancing-rows.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import type { Database } from "../../../store/schema.ts";
import { invalid } from "../checks/members.ts";
import type { Elbv2Context } from "../elbv2-context.ts";
import type { AskedTarget } from "./target-input.ts";

/** What stands for the port of a function, which has none. */
export const FUNCTION_PORT = 0;
const BINDING = '- { match: "*", port: function-alias, driver: functions }';

/**
 * The ARN of the one function, version or alias that is to be registered. It exists, and its policy lets the group invoke it: as with AWS,
 * the group is named by AddPermission before.
 */
export async function requireFunction(
  asked: readonly AskedTarget[],
  group: TargetGroup,
  { targets }: Pick<BalancingRows, "targets">,
  db: Transaction<Database>,
  { balancing, region, accountId }: Elbv2Context,
): Promise<string> {
  if (!balancing.hasFunctions) {
    throw new CallerFault(
      "OperationNotPermitted",
      `This server runs no functions: no binding says that it may. Add one to the bindings in sluice.yml, such as ${BINDING}, and restart the server with --config sluice.yml.`,
    );
  }
  const ids = new Set(asked.map(({ id }) => id));
  for (const { targetGroupArn, address, drainingSince } of targets) {
    if (targetGroupArn === group.arn && drainingSince === null) ids.add(address);
  }
  const [target] = asked;
  if (!target || ids.size > 1) {
    throw new CallerFault(
      "TooManyTargets",
      `A target group of the type 'lambda' has at most one registered function; this would be ${ids.size}. Take the other one out first: aws elbv2 deregister-targets.`,
    );
  }
  const { id, port } = target;
  if (port !== undefined) throw invalid("A port cannot be specified for targets of the type 'lambda': leave it out.");
  const named = parseFunctionArn(id);
  if (!named) {
    throw new CallerFault(
      "InvalidTarget",
      `The target '${id.slice(0, 200)}' is not a valid function ARN: give that of a function, a version or an alias, such as arn:aws:lambda:${region}:${accountId}:function:NAME:ALIAS.`,
    );
  }
  if (named.region !== region || named.accountId !== accountId) {
    throw new CallerFault(
      "InvalidTarget",
      `The function '${id}' is not of this server: its region is ${region} and its account ${accountId}.`,
    );
  }
  const trouble = await functionTrouble(db, id, group.arn);
  if (trouble?.kind === "missing") {
    throw new CallerFault(
      "InvalidTarget",
      `The target is not valid: ${trouble.words}. aws lambda list-functions shows those that do.`,
    );
  }
  if (trouble) throw new CallerFault("AccessDeniedException", `${trouble.words}`);
  return id;
}
