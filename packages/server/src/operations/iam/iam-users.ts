import { CallerFault } from "@sluice/model/caller-fault.ts";
import { userArn } from "../../store/iam/iam-arns.ts";
import type { IamUsersTable } from "../../store/iam/iam-tables.ts";
import { ownedPolicies } from "../../store/iam/owned-policies.ts";
import { findUser, insertUser, listUsers as readUsers } from "../../store/iam/users.ts";
import { listKeysOfUser } from "../../store/people-keys.ts";
import type { Operation } from "../operation.ts";
import { lockIdentities } from "./changes/lock-identities.ts";
import { newUserRow } from "./changes/new-identity.ts";
import { removeIdentity } from "./changes/remove-identity.ts";
import { requireRoomFor } from "./checks/capacity.ts";
import { MAX_USERS } from "./checks/iam-limits.ts";
import { invalid, requirePath, requireUserName } from "./checks/iam-names.ts";
import { markedPage, requireUser } from "./iam-context.ts";

interface UserView {
  readonly Path: string;
  readonly UserName: string;
  readonly UserId: string;
  readonly Arn: string;
  readonly CreateDate: Date;
}
interface NamedUser {
  readonly UserName?: string | undefined;
}

export function userView(user: IamUsersTable, accountId: string): UserView {
  return {
    Path: user.path,
    UserName: user.user_name,
    UserId: user.user_id,
    Arn: userArn(accountId, user.path, user.user_name),
    // IAM has whole seconds.
    CreateDate: new Date(user.created_at),
  };
}

export const createUser: Operation<
  NamedUser & {
    readonly Path?: string | undefined;
    readonly PermissionsBoundary?: string | undefined;
    readonly Tags?: readonly unknown[] | undefined;
  },
  { readonly User: UserView }
> = async (input, context) => {
  for (const member of ["PermissionsBoundary", "Tags"] as const) {
    if (input[member] !== undefined) throw invalid(`${member} is not served here: leave it out.`);
  }
  const userName = requireUserName(input.UserName, "UserName");
  const row = newUserRow(context, { userName, path: requirePath(input.Path, "Path") });
  await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    if (await findUser(transaction.db, userName)) {
      throw new CallerFault("EntityAlreadyExists", `User with name ${userName} already exists.`);
    }
    await requireRoomFor(transaction.db, "iam_users");
    await insertUser(transaction, row);
  });
  return { User: userView(row, context.accountId) };
};

export const getUser: Operation<NamedUser, { readonly User: UserView }> = async ({ UserName }, context) => ({
  User: userView(await requireUser(context.store.db, UserName, context), context.accountId),
});

export const listUsers: Operation<
  {
    readonly PathPrefix?: string | undefined;
    readonly Marker?: string | undefined;
    readonly MaxItems?: number | undefined;
  },
  { readonly Users: readonly UserView[]; readonly IsTruncated: boolean; readonly Marker: string | undefined }
> = async (input, context) => {
  const { store, accountId } = context;
  const users = await readUsers(store.db, { after: null, limit: MAX_USERS, pathPrefix: input.PathPrefix });
  const { items, ...rest } = markedPage("ListUsers", users, input, ({ name_key }) => name_key, context);
  return { Users: items.map((user) => userView(user, accountId)), ...rest };
};

export const deleteUser: Operation<NamedUser, Record<never, never>> = async (input, context) => {
  requireUserName(input.UserName, "UserName");
  await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const user = await requireUser(transaction.db, input.UserName, context);
    const owner = { kind: "user", name: user.user_name } as const;
    const { attached, inline } = await ownedPolicies(transaction.db, owner);
    const keys = await listKeysOfUser(transaction.db, user.user_name);
    if (keys.length > 0) throw conflict("must delete access keys first");
    if (inline.length > 0) throw conflict("must delete policies first");
    if (attached.length > 0) throw conflict("must detach all policies first");
    await removeIdentity(transaction, owner);
  });
  context.forgetKeys({ policies: true });
  return {};
};

function conflict(what: string): CallerFault {
  return new CallerFault("DeleteConflict", `Cannot delete entity, ${what}.`);
}
