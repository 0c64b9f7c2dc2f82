import type { ElbAttributes } from "../../../store/columns/elb-columns.ts";
import { invalid } from "./members.ts";

/** One attribute: what it is where nothing was set, and why a value cannot be set (the end of a sentence; undefined: it can). */
export interface AttributeRule {
  readonly usual: string;
  readonly problemOf: (value: string) => string | undefined;
}

export type AttributeRules = Readonly<Record<string, AttributeRule>>;

export function flagAttribute(usual: "true" | "false"): AttributeRule {
  return {
    usual,
    problemOf: (value) => (value === "true" || value === "false" ? undefined : "must be 'true' or 'false'"),
  };
}

export function numberAttribute(usual: number, least: number, most: number): AttributeRule {
  return {
    usual: String(usual),
    problemOf: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most
        ? undefined
        : `must be a whole number from ${least} to ${most}`,
  };
}

/** One value is true here. */
export function fixedAttribute(usual: string, reason: string): AttributeRule {
  return {
    usual,
    problemOf: (value) => (value === usual ? undefined : `is not supported: ${reason}. It is always '${usual}'`),
  };
}

interface AttributeInput {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** All of them, as they are now. */
export function attributesView(rules: AttributeRules, set: ElbAttributes): { Key: string; Value: string }[] {
  return Object.entries(rules).map(([Key, { usual }]) => ({ Key, Value: set[Key] ?? usual }));
}

/** Those that were set before, with these. */
export function changedAttributes(
  rules: AttributeRules,
  set: ElbAttributes,
  input: readonly AttributeInput[],
  kind: "Load balancer" | "Target group",
): ElbAttributes {
  const changed = new Map(Object.entries(set));
  for (const { Key = "", Value = "" } of input) {
    if (!Object.hasOwn(rules, Key)) {
      throw invalid(
        `${kind} attribute key '${Key}' is not supported here: use one of ${Object.keys(rules).join(", ")}.`,
      );
    }
    const problem = rules[Key]?.problemOf(Value);
    if (problem !== undefined) throw invalid(`${kind} attribute key '${Key}' with the value '${Value}' ${problem}.`);
    changed.set(Key, Value);
  }
  return Object.fromEntries(changed);
}
