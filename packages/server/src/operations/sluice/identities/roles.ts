import type {
  DeleteRoleInput,
  DeleteRoleOutput,
  ListRolesInput,
  ListRolesOutput,
  PutRoleInput,
  PutRoleOutput,
} from "@sluice/wire/sluice/access-api.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import type { IamRolesTable } from "../../../store/iam/iam-tables.ts";
import { findRole, insertRole, listRoles as readRoles, updateRole } from "../../../store/iam/roles.ts";
import { endTemporaryKeys } from "../../../store/iam/temporary-keys.ts";
import { forgetAll } from "../../iam/changes/end-key.ts";
import { lockIdentities } from "../../iam/changes/lock-identities.ts";
import { newRoleRow } from "../../iam/changes/new-identity.ts";
import { putOwnedPolicies } from "../../iam/changes/put-owned-policies.ts";
import { removeIdentity } from "../../iam/changes/remove-identity.ts";
import { requireRoomFor } from "../../iam/checks/capacity.ts";
import { MAX_ROLE_SESSION_SECONDS, MIN_ROLE_SESSION_SECONDS } from "../../iam/checks/iam-limits.ts";
import {
  invalid,
  noSuchRole,
  requireIamDescription,
  requirePath,
  requireRoleName,
} from "../../iam/checks/iam-names.ts";
import type { Operation, OperationContext } from "../../operation.ts";
import { roleSummaries } from "./identity-summaries.ts";
import { requestedPage } from "./paging.ts";

export const listRoles: Operation<ListRolesInput, ListRolesOutput> = async (input, context) => {
  const { store, accountId, now } = context;
  if (input.roleName !== undefined) {
    const role = await findRole(store.db, requireRoleName(input.roleName));
    if (!role) throw noSuchRole(input.roleName);
    return { roles: await roleSummaries(store.db, [role], accountId, now()) };
  }
  const page = requestedPage("ListRoles", input, context);
  const { items, nextToken } = page.cut(await readRoles(store.db, page), ({ name_key }) => [name_key]);
  return { roles: await roleSummaries(store.db, items, accountId, now()), nextToken };
};

/** What changes acts at once on the sessions that are going on. */
export const putRole: Operation<PutRoleInput, PutRoleOutput> = async (input, context) => {
  const roleName = requireRoleName(input.roleName);
  const description = requireIamDescription(input.description);
  requireSessionSeconds(input.maxSessionSeconds);
  const put = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const found = await findRole(transaction.db, roleName);
    if (found) await changeRole(transaction, found, { ...input, description });
    else await addRole(transaction, { ...input, roleName, description }, context);
    const name = found?.role_name ?? roleName;
    await putOwnedPolicies(transaction, { kind: "role", name }, input, context.accountId);
    const role = (await findRole(transaction.db, name))!;
    const [summary] = await roleSummaries(transaction.db, [role], context.accountId, context.now());
    return { role: summary!, isNew: found === undefined };
  });
  context.forgetKeys({ policies: true });
  return put;
};

type RoleChanges = Pick<PutRoleInput, "roleName" | "path" | "maxSessionSeconds"> & {
  readonly description: string | null | undefined;
};

async function addRole(transaction: WriteTransaction, role: RoleChanges, context: OperationContext): Promise<void> {
  await requireRoomFor(transaction.db, "iam_roles");
  await insertRole(transaction, newRoleRow(context, { ...role, path: requirePath(role.path) }));
}

async function changeRole(
  transaction: WriteTransaction,
  found: IamRolesTable,
  { path, description, maxSessionSeconds }: RoleChanges,
): Promise<void> {
  if (path !== undefined && path !== found.path) {
    throw invalid(
      `The role ${found.role_name} has the path ${found.path}, which is in its ARN and stays: leave path out, or make another role.`,
    );
  }
  await updateRole(transaction, found.role_name, {
    ...(description !== undefined && { description }),
    ...(maxSessionSeconds !== undefined && { max_session_seconds: maxSessionSeconds }),
  });
}

function requireSessionSeconds(seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (seconds >= MIN_ROLE_SESSION_SECONDS && seconds <= MAX_ROLE_SESSION_SECONDS) return;
  throw invalid(
    `maxSessionSeconds is ${seconds}: it must be from ${MIN_ROLE_SESSION_SECONDS} to ${MAX_ROLE_SESSION_SECONDS}.`,
  );
}

/** With its policies and with the temporary keys of its sessions. */
export const deleteRole: Operation<DeleteRoleInput, DeleteRoleOutput> = async (input, context) => {
  const roleName = requireRoleName(input.roleName);
  const deleted = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const role = await findRole(transaction.db, roleName);
    if (!role) throw noSuchRole(roleName);
    // First: it waits for sessions that are being begun, which end with the others.
    await removeIdentity(transaction, { kind: "role", name: role.role_name });
    const keyIds = await endTemporaryKeys(transaction, { roleName: role.role_name });
    return { name: role.role_name, keyIds };
  });
  forgetAll(context, deleted.keyIds);
  return { roleName: deleted.name, endedTemporaryKeys: deleted.keyIds.length };
};
