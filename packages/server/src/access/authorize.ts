import { decide, mayEverAllow } from "@sluice/model/policy/decide.ts";
import type { Action } from "./action.ts";
import { type Decision, GRANTS } from "./grants.ts";
import type { NeedFacts } from "./need.ts";
import { ambiguousTagKeys, policyRequest } from "./policy-request.ts";
import type { Principal } from "./principal.ts";

type Caller = Pick<Principal, "role" | "grantedActions" | "identity" | "call">;

/** What everybody may ask about himself, as in AWS: no policy gives it, and none takes it. */
const ABOUT_ONESELF: ReadonlySet<Action> = new Set<Action>([
  "sts:GetCallerIdentity",
  "sluice:GetCallerAccess",
  "sluice:CreateConsoleLink",
]);

/**
 * Whether the principal may do the action on the resource: the one place that decides it, asked by every door. Pure: whether a resource is
 * a principal's own is known to the store, so whoever gets the answer `own` looks there.
 *
 * @param resource an ARN, or `*`; undefined where it is not known yet. Roles and grants are the same for all resources; a user is then told
 * `own` where some resource is allowed, and the call's needs decide (`needs/`)
 */
export function authorize(
  principal: Caller,
  action: Action,
  resource: string | undefined,
  facts: NeedFacts = {},
): Decision {
  const { role, grantedActions } = principal;
  if (role === "user") return byPolicies(principal, action, resource, facts);
  if (grantedActions?.has(action)) return "allowed";
  return GRANTS[action][role] ?? "refused";
}

function byPolicies(principal: Caller, action: Action, resource: string | undefined, facts: NeedFacts): Decision {
  const { identity } = principal;
  if (!identity) return "refused";
  if (ABOUT_ONESELF.has(action)) return "allowed";
  const { root, host } = GRANTS[action];
  // The server's own.
  if (root === undefined) return "refused";
  // As in AWS, who may speak for an on-premises instance is in its registration, and no policy's matter.
  if (host === "own" && !action.startsWith("s3:")) return isAgents(action) ? "own" : "refused";
  const { policies, sessionPolicies } = identity;
  if (identity.asksForTags && ambiguousTagKeys(facts)) return "refused";
  if (resource === undefined) return mayEverAllow(policies, sessionPolicies, action) ? "own" : "refused";
  const request = policyRequest(principal, action, { resource, ...facts });
  return decide(policies, sessionPolicies, request).effect === "allow" ? "allowed" : "refused";
}

/** Whether a policy says Deny, which counts also where another action would do in place of this one. */
export function isDenied(
  principal: Pick<Caller, "identity" | "call">,
  action: Action,
  resource: string,
  facts: NeedFacts = {},
): boolean {
  const { identity } = principal;
  if (!identity) return false;
  const request = policyRequest(principal, action, { resource, ...facts });
  return decide(identity.policies, identity.sessionPolicies, request).effect === "explicit-deny";
}

/** Of the AWS agent, which signs with the key of a user or a session; the rest are of ours, which has a key of its own. */
function isAgents(action: Action): boolean {
  return action.startsWith("codedeploy-commands:") || action === "sluice:SpeakForHost";
}
