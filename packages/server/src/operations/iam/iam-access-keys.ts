import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { newAccessKey } from "../../access/new-access-key.ts";
import type { WriteTransaction } from "../../store/group-commit.ts";
import {
  type AnyKeyRow,
  deleteKey,
  findAnyKey,
  insertKey,
  listKeysOfUser,
  updateKey,
} from "../../store/people-keys.ts";
import type { Operation, OperationContext } from "../operation.ts";
import { endWhatKeysBegan, forgetAll } from "./changes/end-key.ts";
import { lockIdentities } from "./changes/lock-identities.ts";
import { MAX_ACCESS_KEYS_PER_USER } from "./checks/iam-limits.ts";
import { invalid } from "./checks/iam-names.ts";
import { markedPage, requireUser } from "./iam-context.ts";

interface NamedKey {
  readonly UserName?: string | undefined;
  readonly AccessKeyId?: string | undefined;
}
interface KeyView {
  readonly UserName: string;
  readonly AccessKeyId: string;
  readonly Status: string;
  readonly CreateDate: Date;
}

export const createAccessKey: Operation<
  Pick<NamedKey, "UserName">,
  { readonly AccessKey: KeyView & { readonly SecretAccessKey: string } }
> = async ({ UserName }, context) => {
  const { accessKeyId, secretAccessKey } = newAccessKey(context.randomText);
  const now = context.now();
  const userName = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const { user_name } = await requireUser(transaction.db, UserName, context);
    if ((await listKeysOfUser(transaction.db, user_name)).length >= MAX_ACCESS_KEYS_PER_USER) {
      throw new CallerFault("LimitExceeded", `Cannot exceed quota for AccessKeysPerUser: ${MAX_ACCESS_KEYS_PER_USER}`);
    }
    await insertKey(transaction, {
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
      role: "user",
      host_id: null,
      user_name,
      created_at: now,
    });
    return user_name;
  });
  return {
    AccessKey: {
      UserName: userName,
      AccessKeyId: accessKeyId,
      Status: "Active",
      SecretAccessKey: secretAccessKey,
      CreateDate: new Date(now),
    },
  };
};

export const updateAccessKey: Operation<
  NamedKey & { readonly Status?: string | undefined },
  Record<never, never>
> = async ({ UserName, AccessKeyId, Status }, context) => {
  if (Status !== "Active" && Status !== "Inactive") throw invalid("Status must be Active or Inactive.");
  const ended = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const { access_key_id: id } = await requireKeyOf(transaction, UserName, AccessKeyId, context);
    await updateKey(transaction, id, { status: Status });
    return Status === "Inactive" ? (await endWhatKeysBegan(transaction, [id])).temporaryKeyIds : [];
  });
  forgetAll(context, [AccessKeyId ?? "", ...ended]);
  return {};
};

export const listAccessKeys: Operation<
  Pick<NamedKey, "UserName"> & { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  { readonly AccessKeyMetadata: readonly KeyView[]; readonly IsTruncated: boolean; readonly Marker: string | undefined }
> = async (input, context) => {
  const { user_name } = await requireUser(context.store.db, input.UserName, context);
  const keys = await listKeysOfUser(context.store.db, user_name);
  const { items, ...rest } = markedPage("ListAccessKeys", keys, input, ({ access_key_id }) => access_key_id, context);
  return {
    AccessKeyMetadata: items.map((key) => ({
      UserName: user_name,
      AccessKeyId: key.access_key_id,
      Status: key.status,
      CreateDate: new Date(key.created_at),
    })),
    ...rest,
  };
};

export const getAccessKeyLastUsed: Operation<
  Pick<NamedKey, "AccessKeyId">,
  {
    readonly UserName: string;
    readonly AccessKeyLastUsed: {
      readonly LastUsedDate: Date | undefined;
      readonly ServiceName: string;
      readonly Region: string;
    };
  }
> = async ({ AccessKeyId }, { store, region }) => {
  const key = await findAnyKey(store.db, AccessKeyId ?? "");
  if (key?.user_name == null) throw noSuchKey(AccessKeyId);
  const isUsed = key.last_used_at !== null;
  return {
    UserName: key.user_name,
    AccessKeyLastUsed: {
      LastUsedDate: key.last_used_at === null ? undefined : new Date(key.last_used_at),
      ServiceName: key.last_used_service ?? "N/A",
      Region: isUsed ? region : "N/A",
    },
  };
};

export const deleteAccessKey: Operation<NamedKey, Record<never, never>> = async (
  { UserName, AccessKeyId },
  context,
) => {
  const ended = await context.store.write(async (transaction) => {
    await lockIdentities(transaction);
    const { access_key_id: id } = await requireKeyOf(transaction, UserName, AccessKeyId, context);
    await deleteKey(transaction, id);
    return (await endWhatKeysBegan(transaction, [id])).temporaryKeyIds;
  });
  forgetAll(context, [AccessKeyId ?? "", ...ended]);
  return {};
};

/** A key of that user: IAM's operations reach no other keys. */
async function requireKeyOf(
  { db }: WriteTransaction,
  userName: string | undefined,
  accessKeyId: string | undefined,
  context: OperationContext,
): Promise<AnyKeyRow> {
  const { user_name } = await requireUser(db, userName, context);
  const key = await findAnyKey(db, accessKeyId ?? "");
  if (key && key.role === "user" && key.user_name === user_name) return key;
  throw noSuchKey(accessKeyId);
}

function noSuchKey(accessKeyId: string | undefined): CallerFault {
  return new CallerFault("NoSuchEntity", `The Access Key with id ${excerpt(accessKeyId)} cannot be found.`);
}
