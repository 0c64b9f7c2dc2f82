import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import { someOf } from "../some-of.ts";
import { visibleLine } from "../visible-text.ts";
import type { PolicyDecision, PolicyStatementRef } from "./decide.ts";
import { type NearStatement, nearestStatements, type UnmetCondition } from "./nearest-statements.ts";
import type { PolicyPatterns, PolicyRequest } from "./policy-document.ts";

/** Patterns or values of a statement that a sentence names. */
const MAX_NAMED = 3;

/** Why the decision is as it is: the result first, then what came near, then how to change it. Plain sentences, one line each. */
export function explainDecision(decision: PolicyDecision, request: PolicyRequest): string[] {
  const what = `${shown(request.action)} on ${shown(request.resource)}`;
  switch (decision.effect) {
    case "allow":
      return [`${capital(nameOf(decision.by))} allows ${what}.`];
    case "explicit-deny":
      return [
        `${capital(nameOf(decision.by))} denies ${what}${decision.kind === "session" ? ", for this session" : ""}.`,
        "A Deny wins over every Allow: to allow the call, remove the statement or narrow its Resource or Condition.",
      ];
    case "implicit-deny": {
      const near = nearestStatements(decision, request);
      return [
        missingSentence(decision.kind, decision.missing.length, what),
        ...near.map((one) => nearSentence(one, request)),
        cure(near, request),
      ];
    }
    default:
      return decision satisfies never;
  }
}

function missingSentence(kind: PolicyDecision["kind"], policies: number, what: string): string {
  if (kind === "session") {
    return `No policy of the session allows ${what}. A session may do what both its role's policies and its own allow.`;
  }
  return policies === 0 ? `There is no policy, so nothing allows ${what}.` : `No policy allows ${what}.`;
}

function nearSentence(near: NearStatement, { action, resource }: PolicyRequest): string {
  const name = capital(nameOf(near));
  if (!near.namesAction) {
    const { isNot, patterns } = near.given.actions;
    const typo = isNot ? undefined : nearestName(action, patterns);
    const meant = typo === undefined ? "" : `: if ${shown(typo)} is a slip, write ${shown(action)}`;
    return `${name} is about ${listed(near.given.actions)}, not about ${shown(action)}${meant}.`;
  }
  const reasons = [
    ...(near.namesResource ? [] : [`its resource is ${listed(near.given.resources)}, not ${shown(resource)}`]),
    ...near.unmet.map(unmetReason),
  ];
  return `${name} allows the action, but ${reasons.join("; and ")}.`;
}

function unmetReason({ operator, key, values, seen }: UnmetCondition): string {
  const wanted = someOf(values.map(quoted), MAX_NAMED);
  const has =
    seen === undefined
      ? "which the request does not have"
      : `and the request has ${someOf(seen.map(quoted), MAX_NAMED)}`;
  return `its condition is ${visibleLine(operator)} ${wanted} for ${shown(key)}, ${has}`;
}

function cure(near: readonly NearStatement[], { action, resource }: PolicyRequest): string {
  if (near.some(({ namesAction, namesResource }) => namesAction && namesResource)) {
    return "To allow the call, change the condition, or make the request meet it.";
  }
  const statement = JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });
  return `To allow the call, add a statement: ${visibleLine(statement)}`;
}

function nameOf({ policy, statement, sid }: PolicyStatementRef): string {
  return `statement ${statement}${sid === undefined ? "" : ` (${sid})`} of the policy ${shown(policy)}`;
}

function listed({ isNot, patterns }: PolicyPatterns): string {
  return `${isNot ? "everything but " : ""}${someOf(patterns.map(shown), MAX_NAMED)}`;
}

function shown(text: string): string {
  return visibleLine(excerpt(text));
}

function quoted(text: string): string {
  return visibleLine(JSON.stringify(excerpt(text)));
}

function capital(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}
