import type { GetCallerAccessInput, GetCallerAccessOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Action } from "../../../access/action.ts";
import { authorize } from "../../../access/authorize.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { GRANTS } from "../../../access/grants.ts";
import type { Principal } from "../../../access/principal.ts";
import type { Operation } from "../../operation.ts";

/** What the caller's own key may do, as every door decides it. Of a user: what it may do to one resource at least. */
export const getCallerAccess: Operation<GetCallerAccessInput, GetCallerAccessOutput> = async (
  _input,
  { principal, accountId, region, limits },
) => ({
  accessKeyId: principal.accessKeyId,
  role: principal.role,
  region,
  arn: callerArn(principal, accountId),
  allowedActions: Object.keys(GRANTS).filter((action) => mayDo(principal, action as Action)),
  limits,
});

function mayDo(principal: Principal, action: Action): boolean {
  const decision = authorize(principal, action, undefined);
  return decision === "allowed" || (decision === "own" && principal.role === "user");
}
