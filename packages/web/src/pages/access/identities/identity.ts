import type { RoleSummary, UserSummary } from "@sluice/wire/sluice/access-api.ts";

/** A user or a role, as one list shows both. */
export interface Identity {
  readonly kind: "user" | "role";
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  /** Attached. */
  readonly policyNames: readonly string[];
  readonly inlinePolicyNames: readonly string[];
  /** Of a user; of a role those that are good now, which are temporary. */
  readonly keys: number;
  readonly createdAt: Date;
}

export function identityOfUser(user: UserSummary): Identity {
  const { arn, description, policyNames, createdAt } = user;
  return {
    kind: "user",
    name: user.userName,
    arn,
    description,
    policyNames,
    inlinePolicyNames: user.inlinePolicies.map(({ policyName }) => policyName),
    keys: user.accessKeys,
    createdAt,
  };
}

export function identityOfRole(role: RoleSummary): Identity {
  const { arn, description, policyNames, createdAt } = role;
  return {
    kind: "role",
    name: role.roleName,
    arn,
    description,
    policyNames,
    inlinePolicyNames: role.inlinePolicies.map(({ policyName }) => policyName),
    keys: role.temporaryKeys,
    createdAt,
  };
}
