import { CallerFault } from "@sluice/model/caller-fault.ts";

/** `read`: the operation heeds it. Otherwise why it is refused, as the end of a sentence that begins with its name. */
export type MemberRule = "read" | { readonly refused: string };

/** Every member of an input or of a part of one: the compiler holds that none is accepted and then ignored. */
export type MemberRules<Input> = { readonly [Name in keyof Input]-?: MemberRule };

export function refused(reason: string): MemberRule {
  return { refused: reason };
}

/** Refuses, by its name, the first member that is given and would do nothing. `path`: of a part. */
export function checkMembers<Input extends object>(input: Input, rules: MemberRules<Input>, path = ""): void {
  for (const [name, value] of Object.entries(input)) {
    const rule = rules[name as keyof Input];
    if (value === undefined || rule === undefined || rule === "read") continue;
    throw invalid(`${path}${name} ${rule.refused}`);
  }
}

/** What the caller can mend, in ELBv2's own code `ValidationError`. */
export function invalid(message: string): CallerFault {
  return new CallerFault("ValidationException", message);
}

export function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw invalid(`${name} must be specified: give it.`);
  return value;
}

/** A whole number within bounds. */
export function requireWithin(value: number, name: string, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw invalid(`${name} '${value}' must be a value from ${least} to ${most}.`);
}

/** One value is true here; another one is refused with the reason. */
export function requireOnly<Value>(value: Value | undefined, only: Value, name: string, reason: string): void {
  if (value === undefined || value === only) return;
  throw invalid(`${name} '${String(value)}' is not supported: ${reason}. Use '${String(only)}', or leave it out.`);
}

export function requireOneOf<Value extends string>(value: string, name: string, values: readonly Value[]): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(`${name} '${value}' is not supported: use one of ${values.join(", ")}.`);
}
