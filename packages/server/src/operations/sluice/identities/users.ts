import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_TAG_KEY_CHARACTERS, MAX_TAG_VALUE_CHARACTERS, type Tag, tagProblem } from "@sluice/model/tag-filter.ts";
import type {
  DeleteUserInput,
  DeleteUserOutput,
  ListUsersInput,
  ListUsersOutput,
  PutUserInput,
  PutUserOutput,
  UserSummary,
} from "@sluice/wire/sluice/access-api.ts";
import type { Kysely } from "kysely";
import { USER_TAGS } from "../../../store/columns/iam-columns.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import type { IamUsersTable } from "../../../store/iam/iam-tables.ts";
import { findUser, insertUser, listUsers as readUsers, updateUser } from "../../../store/iam/users.ts";
import { deleteKey, listKeysOfUser, lockPeopleKeys } from "../../../store/people-keys.ts";
import type { Database } from "../../../store/schema.ts";
import { endWhatKeysBegan, forgetAll } from "../../iam/changes/end-key.ts";
import { lockIdentities } from "../../iam/changes/lock-identities.ts";
import { newUserRow } from "../../iam/changes/new-identity.ts";
import { putOwnedPolicies } from "../../iam/changes/put-owned-policies.ts";
import { removeIdentity } from "../../iam/changes/remove-identity.ts";
import { requireRoomFor } from "../../iam/checks/capacity.ts";
import { MAX_IAM_TAGS } from "../../iam/checks/iam-limits.ts";
import {
  invalid,
  noSuchUser,
  requireIamDescription,
  requirePath,
  requireUserName,
} from "../../iam/checks/iam-names.ts";
import type { Operation, OperationContext } from "../../operation.ts";
import { userSummaries } from "./identity-summaries.ts";
import { requestedPage } from "./paging.ts";

export const listUsers: Operation<ListUsersInput, ListUsersOutput> = async (input, context) => {
  const { store, accountId } = context;
  if (input.userName !== undefined) {
    const user = await findUser(store.db, requireUserName(input.userName));
    if (!user) throw noSuchUser(input.userName);
    return { users: await userSummaries(store.db, [user], accountId) };
  }
  const page = requestedPage("ListUsers", input, context);
  const { items, nextToken } = page.cut(await readUsers(store.db, page), ({ name_key }) => [name_key]);
  return { users: await userSummaries(store.db, items, accountId), nextToken };
};

/** What changes acts at once on the keys that the user has. */
export const putUser: Operation<PutUserInput, PutUserOutput> = async (input, context) => {
  const userName = requireUserName(input.userName);
  const description = requireIamDescription(input.description);
  const tags = requireTags(input.tags);
  const put = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const found = await findUser(transaction.db, userName);
    if (found) await changeUser(transaction, found, { ...input, description, tags });
    else await addUser(transaction, userName, { ...input, description, tags }, context);
    const name = found?.user_name ?? userName;
    await putOwnedPolicies(transaction, { kind: "user", name }, input, context.accountId);
    return { user: await summaryOf(transaction.db, name, context), isNew: found === undefined };
  });
  context.forgetKeys({ policies: true });
  return put;
};

type UserChanges = Pick<PutUserInput, "path"> & {
  readonly description: string | null | undefined;
  readonly tags: readonly Tag[] | undefined;
};

async function addUser(
  transaction: WriteTransaction,
  userName: string,
  { path, description, tags }: UserChanges,
  context: OperationContext,
): Promise<void> {
  await requireRoomFor(transaction.db, "iam_users");
  await insertUser(transaction, newUserRow(context, { userName, path: requirePath(path), description, tags }));
}

async function changeUser(
  transaction: WriteTransaction,
  found: IamUsersTable,
  { path, description, tags }: UserChanges,
): Promise<void> {
  if (path !== undefined && path !== found.path) {
    throw invalid(
      `The user ${found.user_name} has the path ${found.path}, which is in its ARN and stays: leave path out, or make another user.`,
    );
  }
  await updateUser(transaction, found.user_name, {
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags_json: USER_TAGS.write(tags) }),
  });
}

async function summaryOf(
  db: Kysely<Database>,
  userName: string,
  { accountId }: Pick<OperationContext, "accountId">,
): Promise<UserSummary> {
  const user = await findUser(db, userName);
  const [summary] = user ? await userSummaries(db, [user], accountId) : [];
  return summary!;
}

/** With its policies; with its keys when that is asked for. */
export const deleteUser: Operation<DeleteUserInput, DeleteUserOutput> = async (input, context) => {
  const userName = requireUserName(input.userName);
  const deleted = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    await lockPeopleKeys(transaction);
    const user = await findUser(transaction.db, userName);
    if (!user) throw noSuchUser(userName);
    const ids = (await listKeysOfUser(transaction.db, user.user_name)).map(({ access_key_id }) => access_key_id);
    if (ids.includes(context.principal.accessKeyId)) {
      throw new CallerFault(
        "AccessKeyInUseException",
        `The access key ${context.principal.accessKeyId}, which makes this call, is one of the user ${user.user_name}: delete the user with another one.`,
      );
    }
    if (ids.length > 0 && !input.deleteAccessKeys) {
      throw new CallerFault(
        "DeleteConflict",
        `Cannot delete entity, must delete access keys first: the user ${user.user_name} has ${ids.join(", ")}. To delete them with it: sluice users delete ${user.user_name} --with-keys`,
      );
    }
    const ended = await endWhatKeysBegan(transaction, ids);
    for (const id of ids) await deleteKey(transaction, id);
    await removeIdentity(transaction, { kind: "user", name: user.user_name });
    return { name: user.user_name, ids, ended };
  });
  const { name, ids, ended } = deleted;
  forgetAll(context, [...ids, ...ended.temporaryKeyIds]);
  return {
    userName: name,
    deletedAccessKeyIds: ids,
    endedSessions: ended.sessions,
    endedTemporaryKeys: ended.temporaryKeyIds.length,
  };
};

function requireTags(tags: readonly Tag[] | undefined): readonly Tag[] | undefined {
  if (tags === undefined) return undefined;
  if (tags.length > MAX_IAM_TAGS) {
    throw new CallerFault(
      "LimitExceeded",
      `${tags.length} tags are given: at most ${MAX_IAM_TAGS} are allowed for one user.`,
    );
  }
  const keys = new Set<string>();
  for (const tag of tags) {
    const problem = tagProblem(tag);
    if (problem !== undefined)
      throw invalid(
        `The tag ${tag.Key}=${tag.Value} ${problem}.`.slice(0, MAX_TAG_KEY_CHARACTERS + MAX_TAG_VALUE_CHARACTERS),
      );
    const key = tag.Key.toLowerCase();
    if (keys.has(key))
      throw invalid(`The tag key ${tag.Key} is given twice: a user has one value for a key, and case does not count.`);
    keys.add(key);
  }
  return tags.map(({ Key, Value }) => ({ Key, Value: Value ?? "" }));
}
