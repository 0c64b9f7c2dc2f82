/** Characters of a policy as it is sent, with blanks and line ends (IAM's API: PutRolePolicy, CreatePolicy). */
export const MAX_POLICY_TEXT_CHARACTERS = 131_072;
/** Characters of a policy of one's own, blanks between its parts not counted (IAM's quotas). */
export const MAX_MANAGED_POLICY_CHARACTERS = 6_144;
/** Characters of a user's inline policies together, counted in the same way. */
export const MAX_USER_POLICY_CHARACTERS = 2_048;
/** Characters of a role's inline policies together, counted in the same way. */
export const MAX_ROLE_POLICY_CHARACTERS = 10_240;
/** Characters of the policy of a session, with blanks and line ends (AssumeRole). */
export const MAX_SESSION_POLICY_CHARACTERS = 2_048;
/** Lists and objects in each other. A whole policy has six. */
export const MAX_POLICY_DEPTH = 16;

/** Where a policy is kept: each has a limit of its own. */
export type PolicyPlace = "managed" | "user" | "role" | "session";

/** Of one policy at a place. What a user's or role's inline policies have together is up to whoever stores them: {@link policyCharacters}. */
export const CHARACTERS_BY_PLACE: Readonly<Record<PolicyPlace, number>> = {
  managed: MAX_MANAGED_POLICY_CHARACTERS,
  user: MAX_USER_POLICY_CHARACTERS,
  role: MAX_ROLE_POLICY_CHARACTERS,
  session: MAX_SESSION_POLICY_CHARACTERS,
};

/** Characters of a policy as IAM counts them: blanks, tabs and line ends are free, but not in a session's policy. */
export function policyCharacters(text: string, place: PolicyPlace): number {
  return place === "session" ? text.length : text.replaceAll(/\s+/g, "").length;
}
