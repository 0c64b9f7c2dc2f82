import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import { arnParts, completeArn } from "./arn-text.ts";
import { CONDITION_KEYS, conditionKeyOf } from "./condition-keys.ts";
import { parseOperator } from "./condition-operators.ts";
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "./policy-document.ts";
import { canBeAbout } from "./resource-forms.ts";
import { matchesWildcards, patternOf } from "./wildcards.ts";

/** Something of a valid policy that does not do what it seems to. `problem` is the end of a sentence about the member `path`. */
export interface PolicyWarning {
  readonly path: string;
  readonly problem: string;
}

/**
 * What in a policy can never matter: actions that nobody serves, with the name that was probably meant; resources of another account, or
 * that no action of the statement is about; condition keys that no request has. `knownActions` as they are written: `codedeploy:ListApplications`.
 */
export function policyWarnings(
  document: PolicyDocument,
  knownActions: readonly string[],
  accountId?: string,
): readonly PolicyWarning[] {
  return document.statements.flatMap((statement, index) => {
    const path = `Statement[${index}]`;
    return [
      ...actionWarnings(statement, path, knownActions),
      ...resourceWarnings(statement, path, knownActions, accountId),
      ...statement.conditions.flatMap((condition) => conditionWarnings(condition, path)),
    ];
  });
}

function actionWarnings({ actions }: PolicyStatement, path: string, known: readonly string[]): PolicyWarning[] {
  const services = [...new Set(known.map(serviceOf))];
  return actions.patterns.flatMap((pattern, index) => {
    if (known.some((action) => doesName(pattern, action))) return [];
    const at = `${path}.${actions.isNot ? "NotAction" : "Action"}[${index}]`;
    const service = serviceOf(pattern);
    const shown = JSON.stringify(excerpt(pattern));
    if (!services.includes(service)) {
      const nearest = nearestName(service, services);
      const cure = nearest === undefined ? `Sluice serves ${services.join(", ")}` : `the nearest is ${nearest}`;
      return [{ path: at, problem: `is ${shown}, and Sluice serves no service ${excerpt(service)}: ${cure}` }];
    }
    const nearest = nearestName(
      pattern,
      known.filter((action) => serviceOf(action) === service),
    );
    const cure = nearest === undefined ? "it names nothing that Sluice serves" : `the nearest is ${nearest}`;
    return [{ path: at, problem: `is ${shown}, which is no action: ${cure}` }];
  });
}

function resourceWarnings(
  { actions, resources }: PolicyStatement,
  path: string,
  known: readonly string[],
  accountId: string | undefined,
): PolicyWarning[] {
  const named = known.filter(
    (action) => actions.patterns.some((pattern) => doesName(pattern, action)) !== actions.isNot,
  );
  return resources.patterns.flatMap((pattern, index) => {
    const at = `${path}.${resources.isNot ? "NotResource" : "Resource"}[${index}]`;
    const shown = JSON.stringify(excerpt(pattern));
    const account = arnParts(pattern)[4] ?? "";
    if (accountId !== undefined && /^\d+$/.test(account) && account !== accountId) {
      return [{ path: at, problem: `is ${shown}, of the account ${account}: this server's is ${accountId}` }];
    }
    if (named.length === 0 || named.some((action) => canBeAbout(action, completeArn(pattern)))) return [];
    const cure = named.some((action) => canBeAbout(action, `${pattern}/*`))
      ? `write ${JSON.stringify(excerpt(`${pattern}/*`))} for what is in it`
      : 'write the ARN of such a resource, or "*"';
    return [{ path: at, problem: `is ${shown}, which no action of the statement is about: ${cure}` }];
  });
}

function conditionWarnings({ operator, key }: PolicyCondition, path: string): PolicyWarning[] {
  const at = `${path}.Condition.${operator}.${key}`;
  const known = conditionKeyOf(key);
  if (known === undefined) {
    const nearest = nearestName(
      key,
      CONDITION_KEYS.map(({ name }) => name),
    );
    const cure = nearest === undefined ? "" : `: the nearest is ${nearest}`;
    return [{ path: at, problem: `is about a condition key that no request to Sluice has${cure}` }];
  }
  if (!known.isSet || parseOperator(operator)?.each !== undefined || operator === "Null") return [];
  return [{ path: at, problem: `is about several values: write ForAnyValue:${operator} or ForAllValues:${operator}` }];
}

function doesName(pattern: string, action: string): boolean {
  return matchesWildcards(patternOf(pattern.toLowerCase()), action.toLowerCase());
}

function serviceOf(action: string): string {
  return action.split(":", 1).join("").toLowerCase();
}
