import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { Action } from "./action.ts";
import { authorize } from "./authorize.ts";
import { callerArn } from "./caller-arn.ts";
import type { Principal } from "./principal.ts";

/**
 * For a call whose resource nobody has looked up yet: passes who may do the action on something, be it their own alone, which the operation
 * then sees to. Refuses others in IAM's words.
 *
 * @throws CallerFault AccessDeniedException
 */
export function requireAllowed(principal: Principal, action: Action, accountId: string): void {
  if (authorize(principal, action, undefined) !== "refused") return;
  const operation = action.slice(action.indexOf(":") + 1);
  const reason = `The access key ${principal.accessKeyId} has the role '${principal.role}', which may not call ${operation}.`;
  throw accessDenied(principal, action, accountId, reason);
}

/** A refusal in IAM's words. @param reason a sentence */
export function accessDenied(principal: Principal, action: Action, accountId: string, reason: string): CallerFault {
  return new CallerFault(
    "AccessDeniedException",
    `User: ${callerArn(principal, accountId)} is not authorized to perform: ${action}. ${reason}`,
  );
}
