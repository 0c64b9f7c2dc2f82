import { appliesTo, type CompiledStatement, compiledPolicy, valuesOf } from "./compiled-policy.ts";
import { type PolicyDecision, type PolicyStatementRef, refTo } from "./decide.ts";
import type { NamedPolicy, PolicyCondition, PolicyRequest, PolicyStatement } from "./policy-document.ts";
import { matchesWildcards, patternOf } from "./wildcards.ts";

/** An Allow that does not apply, and why. */
export interface NearStatement extends PolicyStatementRef {
  readonly given: PolicyStatement;
  readonly namesAction: boolean;
  readonly namesResource: boolean;
  readonly unmet: readonly UnmetCondition[];
}

export interface UnmetCondition extends PolicyCondition {
  /** What the request has, undefined when it does not have the key. */
  readonly seen: readonly string[] | undefined;
}

/** Statements that an explanation names. */
const MAX_NEAR_STATEMENTS = 3;

/**
 * Of an implicit deny: the Allows that came nearest, nearest first. Those that name the action; where there are none, those of the action's
 * service. Slow beside `decide`: for people.
 */
export function nearestStatements(decision: PolicyDecision, request: PolicyRequest): readonly NearStatement[] {
  if (decision.effect !== "implicit-deny") return [];
  const near = decision.missing.flatMap((policy) =>
    compiledPolicy(policy.document)
      .statements.filter((one) => !one.isDeny && !doesApply(one, request))
      .map((one) => whyNot(policy, one, request)),
  );
  const naming = near.filter(({ namesAction }) => namesAction);
  const told = naming.length > 0 ? naming : near.filter(({ given }) => isOfService(given, request.action));
  return told.sort((one, other) => missesOf(one) - missesOf(other)).slice(0, MAX_NEAR_STATEMENTS);
}

function doesApply(compiled: CompiledStatement, { action, resource, context }: PolicyRequest): boolean {
  return compiled.namesAction(action.toLowerCase()) && appliesTo(compiled, resource, context);
}

function whyNot(
  policy: NamedPolicy,
  compiled: CompiledStatement,
  { action, resource, context }: PolicyRequest,
): NearStatement {
  const unmet = compiled.statement.conditions.flatMap((condition, index) => {
    const test = compiled.conditions[index];
    if (test === undefined) return [];
    const seen = valuesOf(context, test.key);
    return test.isMet(seen, context) ? [] : [{ ...condition, seen }];
  });
  return {
    ...refTo(policy, compiled),
    given: compiled.statement,
    namesAction: compiled.namesAction(action.toLowerCase()),
    namesResource: compiled.namesResource(resource, context),
    unmet,
  };
}

/** A resource that is not meant weighs more than conditions. */
function missesOf({ namesResource, unmet }: NearStatement): number {
  return (namesResource ? 0 : 100) + unmet.length;
}

function isOfService({ actions }: PolicyStatement, action: string): boolean {
  const service = action.slice(0, action.indexOf(":") + 1).toLowerCase();
  return actions.patterns.some((pattern) => matchesWildcards(patternOf(`${service}*`), pattern.toLowerCase()));
}
