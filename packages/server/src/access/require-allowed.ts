import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { decide, type PolicyDecision } from "@sluice/model/policy/decide.ts";
import type { Action } from "./action.ts";
import { authorize } from "./authorize.ts";
import { callerArn } from "./caller-arn.ts";
import type { Need } from "./need.ts";
import { ambiguousTagKeys, policyRequest } from "./policy-request.ts";
import type { Principal } from "./principal.ts";

/**
 * For a call whose resource nobody has looked up yet: passes who may do the action on something, be it their own alone, which the operation
 * then sees to. Of a user it says nothing: what the call needs is asked once its input is read ({@link requireNeeds}). Refuses others in IAM's words.
 *
 * @throws CallerFault AccessDeniedException
 */
export function requireAllowed(principal: Principal, action: Action, accountId: string): void {
  if (principal.role === "user" || authorize(principal, action, undefined) !== "refused") return;
  throw accessDenied(principal, action, accountId, roleReason(principal, action));
}

/**
 * Passes whoever may do all of it. `own` passes: the operation looks whether it is.
 *
 * @throws CallerFault AccessDeniedException
 */
export function requireNeeds(principal: Principal, needs: readonly Need[], accountId: string): void {
  for (const need of needs) {
    const actions = [need.action, ...(need.or ?? [])];
    if (actions.some((action) => authorize(principal, action, need.resource, need) !== "refused")) continue;
    throw needDenied(principal, need, accountId);
  }
}

/** A refusal in IAM's words, with the resource and the kind of policy that it failed by. */
export function needDenied(principal: Principal, need: Need, accountId: string): CallerFault {
  const { action } = need;
  if (!principal.identity) return accessDenied(principal, action, accountId, roleReason(principal, action));
  return new CallerFault("AccessDeniedException", refusalInWords(principal, need));
}

/** Of a user, which the policies have refused. */
export function refusalInWords(principal: Principal, need: Need): string {
  const { action, resource } = need;
  const { arn = "unknown", policies = [], sessionPolicies } = principal.identity ?? {};
  const ambiguous = ambiguousTagKeys(need);
  if (ambiguous && principal.identity?.asksForTags) {
    return `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because the keys of its tags ${ambiguous.map((key) => excerpt(key)).join(" and ")} differ by case alone, which conditions on tags cannot tell apart`;
  }
  const decision = decide(policies, sessionPolicies, policyRequest(principal, action, need));
  return `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why(decision, action)}`;
}

/** A refusal in IAM's words. @param reason a sentence */
export function accessDenied(principal: Principal, action: Action, accountId: string, reason: string): CallerFault {
  return new CallerFault(
    "AccessDeniedException",
    `User: ${callerArn(principal, accountId)} is not authorized to perform: ${action}. ${reason}`,
  );
}

function roleReason({ accessKeyId, role }: Principal, action: Action): string {
  const operation = action.slice(action.indexOf(":") + 1);
  return `The access key ${accessKeyId} has the role '${role}', which may not call ${operation}.`;
}

function why({ effect, kind }: PolicyDecision, action: Action): string {
  const policy = kind === "session" ? "a session policy" : "an identity-based policy";
  return effect === "explicit-deny"
    ? `with an explicit deny in ${policy}`
    : `because no ${kind === "session" ? "session" : "identity-based"} policy allows the ${action} action`;
}
