import type { InlinePolicy } from "@sluice/wire/sluice/access-api.ts";

interface Holder {
  /** Attached to it. */
  readonly policyNames: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
}

/** The policies of a user or a role for `formatFields`: attached ones by name, which `sluice policies show` prints, and its own in full. */
export function policyFields({ policyNames, inlinePolicies }: Holder): readonly (readonly [string, string])[] {
  const inline = inlinePolicies.map(
    ({ policyName, document }) => ["inline", `${policyName}\n${document.trimEnd()}`] as const,
  );
  if (policyNames.length === 0 && inline.length > 0) return inline;
  return [["attached", policyNames.join(", ") || "none: it may do nothing"], ...inline];
}
