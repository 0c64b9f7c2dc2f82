import type { NamedPolicy } from "@sluice/model/policy/policy-document.ts";

/** A user, or a session of a role: whoever has rights by policies. */
export interface Identity {
  readonly kind: "user" | "session";
  /** `arn:aws:iam::ACCOUNT:user/PATH/NAME`, or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  /** `AIDA…`, or `AROA…:SESSION`. */
  readonly userId: string;
  /** Of the user, or of the session. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policies: readonly NamedPolicy[];
  /** What narrows them; absent: nothing. */
  readonly sessionPolicies?: readonly NamedPolicy[];
  /** Of a session: the role, and since when, epoch milliseconds. */
  readonly role?: { readonly arn: string; readonly name: string; readonly issuedAt: number };
  /** Whether a policy asks for the tags of what is called upon: else nobody looks them up. */
  readonly asksForTags: boolean;
}
