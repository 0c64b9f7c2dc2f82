import type { Kysely } from "kysely";
import type { Action } from "../access/action.ts";
import { isAction, whyNotGiven } from "../access/givable-actions.ts";
import { findVersion, LATEST } from "../store/lambda/versions.ts";
import type { Database } from "../store/schema.ts";

/** As sluice.yml has them: actions by the name of a function's Role, or by its ARN. */
export type FunctionRoles = Readonly<Record<string, readonly string[]>>;

/** What a function may do beside what every function may. Looked up at each of its calls, so that it follows the function's Role. */
export type GrantsOfFunction = (functionName: string) => Promise<ReadonlySet<Action>>;

const NOTHING: ReadonlySet<Action> = new Set();

/** The first action that may not be given, and why; undefined: all may. */
export function roleTrouble(
  roles: FunctionRoles,
): { readonly role: string; readonly index: number; readonly message: string } | undefined {
  for (const [role, actions] of Object.entries(roles)) {
    for (const [index, action] of actions.entries()) {
      const why = whyNotGiven(action);
      if (why !== undefined) return { role, index, message: `is ${JSON.stringify(action)}: ${why}` };
    }
  }
  return undefined;
}

/** By the function's Role as it is now. Undefined: no Role is given anything, and nothing has to be looked up. */
export function grantsOfFunctions(db: Kysely<Database>, roles: FunctionRoles): GrantsOfFunction | undefined {
  if (Object.values(roles).every((actions) => actions.length === 0)) return undefined;
  return async (functionName) => {
    const latest = await findVersion(db, { functionName, version: LATEST });
    return latest ? actionsOfRole(latest.configuration.role, roles) : NOTHING;
  };
}

/** @param role an ARN; the name is what comes last in it, behind the path if it has one */
export function actionsOfRole(role: string, roles: FunctionRoles): ReadonlySet<Action> {
  const names = new Set([role, role.slice(role.lastIndexOf("/") + 1)]);
  const given = [...names].flatMap((name) => (Object.hasOwn(roles, name) ? (roles[name] ?? []) : []));
  return new Set(given.filter(isAction).filter((action) => whyNotGiven(action) === undefined));
}
