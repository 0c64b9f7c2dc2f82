import { MANAGED_POLICIES } from "@sluice/model/policy/managed-policies.ts";
import { sluiceHostArn } from "@sluice/model/resource-arn.ts";
import { findHost } from "../store/hosts.ts";
import { policyArn, policyNameOfArn, roleArn, userArn } from "../store/iam/iam-arns.ts";
import { findOwnPolicy } from "../store/iam/own-policies.ts";
import { findRole } from "../store/iam/roles.ts";
import { findUser } from "../store/iam/users.ts";
import { findAnyKey } from "../store/people-keys.ts";
import type { NeedsContext } from "./needs-context.ts";

type Scope = Pick<NeedsContext, "db" | "region" | "accountId">;

/** ARNs in the spelling that is stored: no Deny is passed by writing a name in another case, or another path. */

/** @param path of one that is not there */
export async function storedUserArn({ db, accountId }: Scope, name: string, path = "/"): Promise<string> {
  const user = await findUser(db, name);
  return userArn(accountId, user?.path ?? path, user?.user_name ?? name);
}

/** @param path of one that is not there */
export async function storedRoleArn({ db, accountId }: Scope, name: string, path = "/"): Promise<string> {
  const role = await findRole(db, name);
  return roleArn(accountId, role?.path ?? path, role?.role_name ?? name);
}

/** Of the account's own, and else of AWS's. */
export async function storedPolicyArn({ db, accountId }: Scope, nameOrArn: string): Promise<string> {
  const isArn = nameOrArn.startsWith("arn:");
  const name = isArn ? policyNameOfArn(nameOrArn) : nameOrArn;
  const own = name === undefined ? undefined : await findOwnPolicy(db, name);
  if (own) return policyArn(accountId, own.path, own.policy_name);
  if (isArn) return nameOrArn;
  return MANAGED_POLICIES.find((policy) => policy.name === nameOrArn)?.arn ?? policyArn(accountId, "/", nameOrArn);
}

/** The user or the host whose key it is; undefined: there is no such key, or it is nobody's, such as a root key. */
export async function keyHolderArn(scope: Scope, accessKeyId: string): Promise<string | undefined> {
  const { user_name, host_id } = (await findAnyKey(scope.db, accessKeyId)) ?? {};
  if (user_name) return storedUserArn(scope, user_name);
  const host = host_id ? await findHost(scope.db, host_id) : undefined;
  return host && sluiceHostArn(scope, host.host_name);
}
