import type { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";

/**
 * What is done with one member of a call. `read`: the operation heeds it. `refused`: it would do nothing, or harm. `only`: these values
 * are what is so anyway, and any other one is refused. `reason` is the end of a sentence that begins with the member's name.
 */
export type MemberRule =
  | { readonly kind: "read" }
  | { readonly kind: "refused"; readonly reason: string }
  /** Only AWS has it, but for the `usual` values. Refused, unless sluice.yml says that it is ignored; then it is shown again, and means nothing. */
  | { readonly kind: "aws-only"; readonly why: string; readonly usual: readonly unknown[] }
  /** Refused with AWS' own sentence. */
  | { readonly kind: "told"; readonly sentence: string }
  | { readonly kind: "only"; readonly values: readonly (string | number | boolean)[]; readonly reason: string }
  /** A structure, or a list of them, with rules of its own. */
  | { readonly kind: "within"; readonly rules: AnyRules };

// biome-ignore lint/suspicious/noExplicitAny: rules of whatever structure; `MemberRules` holds each to its own
export type AnyRules = MemberRules<any>;

/** Every member of a structure: the compiler holds that none is accepted and then ignored. */
export type MemberRules<T> = { readonly [Name in keyof T]-?: MemberRule };

export const READ: MemberRule = { kind: "read" };

export function refused(reason: string): MemberRule {
  return { kind: "refused", reason };
}

export function only(values: readonly (string | number | boolean)[], reason: string): MemberRule {
  return { kind: "only", values, reason };
}

export function within<T>(rules: MemberRules<T>): MemberRule {
  return { kind: "within", rules };
}

/** @param why there is nothing here that it could mean */
export function awsOnly(why: string, usual: readonly string[] = []): MemberRule {
  return { kind: "aws-only", why, usual };
}

/** The end of a refusal of what might be served one day. */
export function unsupported(why: string, cure = "Leave it out."): MemberRule {
  return refused(`is not supported: ${why}. ${cure}`);
}

/** How a service says that it refuses a member. */
export interface MemberRefusals {
  /** Callers may name what only AWS has, and it means nothing here. */
  readonly ignoresAwsOnly: boolean;
  readonly fault: (message: string) => CallerFault;
  /** A sentence without a full stop. @param why there is nothing here that it could mean */
  readonly awsOnly: (member: string, why: string) => string;
}

/** Refuses, by its path (`containerDefinitions[0].privileged`), the first member that would do nothing. */
export function requireServed<T extends object>(input: T, rules: MemberRules<T>, refusals: MemberRefusals): void {
  requireMembers(input, rules, "", refusals);
}

function requireMembers(input: object, rules: AnyRules, path: string, refusals: MemberRefusals): void {
  for (const [name, value] of Object.entries(input)) {
    const rule = rules[name];
    if (rule === undefined || value === undefined) continue;
    requireRule(value, rule, path === "" ? name : `${path}.${name}`, refusals);
  }
}

function requireRule(value: unknown, rule: MemberRule, path: string, refusals: MemberRefusals): void {
  switch (rule.kind) {
    case "read":
      return;
    case "refused":
      if (!asksNothing(value)) throw refusals.fault(`${path} ${rule.reason}`);
      return;
    case "aws-only":
      if (refusals.ignoresAwsOnly || asksNothing(value) || rule.usual.includes(value)) return;
      throw refusals.fault(`${refusals.awsOnly(path, rule.why)}.`);
    case "told":
      if (!asksNothing(value)) throw refusals.fault(`${rule.sentence} Leave out ${path}.`);
      return;
    case "only":
      if (!rule.values.some((one) => one === value)) {
        throw refusals.fault(`${path} ${excerpt(String(value))} is not supported: ${rule.reason}`);
      }
      return;
    case "within":
      requireWithin(value, rule.rules, path, refusals);
      return;
    default:
      rule satisfies never;
  }
}

function requireWithin(value: unknown, rules: AnyRules, path: string, refusals: MemberRefusals): void {
  if (!Array.isArray(value)) requireMembers(value as object, rules, path, refusals);
  else {
    for (const [index, item] of value.entries()) requireMembers(item as object, rules, `${path}[${index}]`, refusals);
  }
}

/** Clients send empty lists, and switches that are off, for what nobody asked. */
function asksNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === "object" && value !== null) return Object.values(value).every(asksNothing);
  return value === false || value === undefined;
}
