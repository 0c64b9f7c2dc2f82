import type { GetCallerAccessInput, GetCallerAccessOutput } from "@sluice/wire/sluice/console-api.ts";
import type { Action } from "../../../access/action.ts";
import { authorize } from "../../../access/authorize.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { GRANTS } from "../../../access/grants.ts";
import type { Operation } from "../../operation.ts";

/** What the caller's own key may do, as every door decides it. */
export const getCallerAccess: Operation<GetCallerAccessInput, GetCallerAccessOutput> = async (
  _input,
  { principal, accountId, region },
) => ({
  accessKeyId: principal.accessKeyId,
  role: principal.role,
  region,
  arn: callerArn(principal, accountId),
  allowedActions: Object.keys(GRANTS).filter(
    (action) => authorize(principal, action as Action, undefined) === "allowed",
  ),
});
