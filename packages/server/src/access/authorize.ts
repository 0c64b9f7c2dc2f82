import type { Action } from "./action.ts";
import { type Decision, GRANTS } from "./grants.ts";
import type { Principal } from "./principal.ts";

/**
 * Whether the principal may do the action on the resource: the one place that decides it, asked by every door. Pure: whether a resource is
 * a principal's own is known to the store, so whoever gets the answer `own` looks there.
 *
 * @param resource an ARN; undefined where the action is on no resource, or on one that is not known yet. Roles and grants are the same for all resources
 */
export function authorize(
  { role, grantedActions }: Pick<Principal, "role" | "grantedActions">,
  action: Action,
  _resource: string | undefined,
): Decision {
  if (grantedActions?.has(action)) return "allowed";
  return GRANTS[action][role] ?? "refused";
}
