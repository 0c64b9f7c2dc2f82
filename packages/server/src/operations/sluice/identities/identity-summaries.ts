import type { InlinePolicy, PolicySummary, RoleSummary, UserSummary } from "@sluice/wire/sluice/access-api.ts";
import type { Kysely } from "kysely";
import { USER_TAGS } from "../../../store/columns/iam-columns.ts";
import { roleArn, userArn } from "../../../store/iam/iam-arns.ts";
import type { IamRolesTable, IamUsersTable } from "../../../store/iam/iam-tables.ts";
import { listOwnedPolicies, type OwnedPolicies } from "../../../store/iam/owned-policies.ts";
import { countTemporaryKeys } from "../../../store/iam/temporary-keys.ts";
import { countKeysOfUsers } from "../../../store/people-keys.ts";
import type { Database } from "../../../store/schema.ts";
import { type FoundPolicy, nameInArn } from "../../iam/checks/policy-references.ts";

/** In the order given. */
export async function userSummaries(
  db: Kysely<Database>,
  users: readonly IamUsersTable[],
  accountId: string,
): Promise<readonly UserSummary[]> {
  const names = users.map(({ user_name }) => user_name);
  const policies = await listOwnedPolicies(db, "user", names);
  const keys = await countKeysOfUsers(db, names);
  return users.map((user) => ({
    userName: user.user_name,
    arn: userArn(accountId, user.path, user.user_name),
    userId: user.user_id,
    path: user.path,
    description: user.description ?? undefined,
    tags: USER_TAGS.read(user),
    createdAt: new Date(user.created_at),
    ...policyMembers(policies.get(user.user_name)),
    accessKeys: keys.get(user.user_name) ?? 0,
  }));
}

/** In the order given. @param now epoch milliseconds */
export async function roleSummaries(
  db: Kysely<Database>,
  roles: readonly IamRolesTable[],
  accountId: string,
  now: number,
): Promise<readonly RoleSummary[]> {
  const policies = await listOwnedPolicies(
    db,
    "role",
    roles.map(({ role_name }) => role_name),
  );
  const keys = await countTemporaryKeys(db, now);
  return roles.map((role) => ({
    roleName: role.role_name,
    arn: roleArn(accountId, role.path, role.role_name),
    roleId: role.role_id,
    path: role.path,
    description: role.description ?? undefined,
    createdAt: new Date(role.created_at),
    maxSessionSeconds: role.max_session_seconds,
    ...policyMembers(policies.get(role.role_name)),
    temporaryKeys: keys.get(role.role_name) ?? 0,
  }));
}

export function policySummary(policy: FoundPolicy, attachments: number): PolicySummary {
  const { arn, name } = policy;
  if ("managed" in policy) {
    return { policyName: name, arn, isAwsManaged: true, description: policy.managed.description, attachments };
  }
  const { description, created_at, updated_at } = policy.own;
  return {
    policyName: name,
    arn,
    isAwsManaged: false,
    description: description ?? undefined,
    createdAt: new Date(created_at),
    updatedAt: new Date(updated_at),
    attachments,
  };
}

function policyMembers({ attached, inline }: OwnedPolicies = { attached: [], inline: [] }): {
  readonly policyNames: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
} {
  return {
    policyNames: attached.map(nameInArn),
    inlinePolicies: inline.map(({ policy_name, document }) => ({ policyName: policy_name, document })),
  };
}
