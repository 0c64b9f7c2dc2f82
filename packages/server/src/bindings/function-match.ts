import { matchesPattern } from "@sluice/model/name-pattern.ts";

/** Whether a binding's `match` is of a function, by what it is called (its name, its ARN), or by its name in that. */
export function matchesFunction(match: string, called: string): boolean {
  if (matchesPattern(match, called)) return true;
  // Two ARNs that differ are two functions, be their names the same.
  if (match.startsWith("arn:") && called.startsWith("arn:")) return false;
  return matchesPattern(functionName(match), functionName(called));
}

/** `check` of `arn:aws:lambda:REGION:ACCOUNT:function:check`, of `ACCOUNT:function:check`, and of either with a version or an alias behind it; else the whole text. */
export function functionName(text: string): string {
  return /^(?:arn:.*?:|\d+:)function:([^:]+)/.exec(text)?.[1] ?? text;
}
