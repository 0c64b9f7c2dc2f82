import { nearestName } from "../nearest-name.ts";
import { CHECK_NAMES } from "./checks.ts";
import type { Finding, Severity } from "./finding.ts";

export const RULE_LEVELS = ["off", "note", "warning", "error"] as const;
export type RuleLevel = (typeof RULE_LEVELS)[number];

/** Levels that a person gives to checks, by the checks' names. */
export type SeverityRules = Readonly<Record<string, RuleLevel>>;

/** `CHECK=LEVEL`; a text says what is wrong with it. */
export function parseRule(text: string): { readonly check: string; readonly level: RuleLevel } | string {
  const [check = "", word = ""] = text.split("=", 2);
  const level = RULE_LEVELS.find((each) => each === word);
  if (!CHECK_NAMES.includes(check)) {
    const meant = nearestName(check, CHECK_NAMES);
    return `"${check}" is not a check: ${meant === undefined ? `use one of ${CHECK_NAMES.join(", ")}` : `did you mean ${meant}?`}`;
  }
  if (level === undefined)
    return `"${text}" gives ${check} no level: write ${check}=${RULE_LEVELS.join(`, ${check}=`)}`;
  return { check, level };
}

/** The findings with the levels that the rules give them; those whose check is off are left out. */
export function applyRules(findings: readonly Finding[], rules: SeverityRules): readonly Finding[] {
  return findings.flatMap((finding): Finding[] => {
    const level = Object.hasOwn(rules, finding.check) ? rules[finding.check] : undefined;
    if (level === undefined) return [finding];
    return level === "off" ? [] : [{ ...finding, severity: level satisfies Severity }];
  });
}
