import { appliesTo, type CompiledStatement, compiledPolicy } from "./compiled-policy.ts";
import type { NamedPolicy, PolicyRequest } from "./policy-document.ts";

/** The statement that decided. */
export interface PolicyStatementRef {
  readonly policy: string;
  /** From 0, as in `Statement[0]`. */
  readonly statement: number;
  readonly sid: string | undefined;
}

/** Whose policies decided: those of the user or role, or those that its session was given. */
export type PolicyDecisionKind = "identity" | "session";

/** `kind` of an allow is always `identity`: a session's policies only take away. */
export type PolicyDecision =
  | { readonly effect: "allow" | "explicit-deny"; readonly kind: PolicyDecisionKind; readonly by: PolicyStatementRef }
  | {
      readonly effect: "implicit-deny";
      readonly kind: PolicyDecisionKind;
      readonly by?: undefined;
      /** None of these allows it. */
      readonly missing: readonly NamedPolicy[];
    };

/**
 * What the policies say of a request: a Deny anywhere refuses it, and without one it takes an Allow of the identity's policies and, where a
 * session was given policies, one of theirs. `sessionPolicies: undefined`: it was given none; `[]` allows nothing. It allocates little, and
 * only `explainDecision` looks for reasons.
 */
export function decide(
  identityPolicies: readonly NamedPolicy[],
  sessionPolicies: readonly NamedPolicy[] | undefined,
  request: PolicyRequest,
): PolicyDecision {
  const denied = deny(identityPolicies, "identity", request) ?? deny(sessionPolicies ?? [], "session", request);
  if (denied !== undefined) return denied;
  const allowed = allow(identityPolicies, request);
  if (allowed === undefined) return { effect: "implicit-deny", kind: "identity", missing: identityPolicies };
  if (sessionPolicies !== undefined && allow(sessionPolicies, request) === undefined) {
    return { effect: "implicit-deny", kind: "session", missing: sessionPolicies };
  }
  return allowed;
}

/**
 * Whether a request of that action could be allowed, before its resource is known: false is certain, true is not. Some Allow names the action,
 * and no Deny refuses it whatever the resource and the context are.
 */
export function mayEverAllow(
  identityPolicies: readonly NamedPolicy[],
  sessionPolicies: readonly NamedPolicy[] | undefined,
  action: string,
): boolean {
  const mayAllow = (policies: readonly NamedPolicy[]) =>
    policies.some(({ document }) =>
      compiledPolicy(document)
        .statementsFor(action)
        .some(({ isDeny }) => !isDeny),
    );
  const isDenied = (policies: readonly NamedPolicy[]) =>
    policies.some(({ document }) =>
      compiledPolicy(document)
        .statementsFor(action)
        .some(({ isDeny, isUnconditional }) => isDeny && isUnconditional),
    );
  if (!mayAllow(identityPolicies) || isDenied(identityPolicies)) return false;
  return sessionPolicies === undefined || (mayAllow(sessionPolicies) && !isDenied(sessionPolicies));
}

function deny(
  policies: readonly NamedPolicy[],
  kind: PolicyDecisionKind,
  request: PolicyRequest,
): PolicyDecision | undefined {
  const found = find(policies, true, request);
  return found === undefined ? undefined : { effect: "explicit-deny", kind, by: found };
}

function allow(policies: readonly NamedPolicy[], request: PolicyRequest): PolicyDecision | undefined {
  const found = find(policies, false, request);
  return found === undefined ? undefined : { effect: "allow", kind: "identity", by: found };
}

/** The first statement of that effect which applies. */
function find(
  policies: readonly NamedPolicy[],
  isDeny: boolean,
  { action, resource, context }: PolicyRequest,
): PolicyStatementRef | undefined {
  for (const policy of policies) {
    for (const compiled of compiledPolicy(policy.document).statementsFor(action)) {
      if (compiled.isDeny === isDeny && appliesTo(compiled, resource, context)) return refTo(policy, compiled);
    }
  }
  return undefined;
}

export function refTo(policy: NamedPolicy, { index, statement }: CompiledStatement): PolicyStatementRef {
  return { policy: policy.name, statement: index, sid: statement.sid };
}
