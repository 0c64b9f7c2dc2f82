import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { CreateAccessKeyInput } from "@sluice/wire/sluice/access-api.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { ownedPolicies } from "../../../store/iam/owned-policies.ts";
import { findUser, insertUser } from "../../../store/iam/users.ts";
import { listKeysOfUser } from "../../../store/people-keys.ts";
import { lockIdentities } from "../../iam/changes/lock-identities.ts";
import { newUserRow } from "../../iam/changes/new-identity.ts";
import { putOwnedPolicies } from "../../iam/changes/put-owned-policies.ts";
import { requireRoomFor } from "../../iam/checks/capacity.ts";
import { MAX_ACCESS_KEYS_PER_USER } from "../../iam/checks/iam-limits.ts";
import { nameInArn } from "../../iam/checks/policy-references.ts";
import type { OperationContext } from "../../operation.ts";

/**
 * The user of a new key: as it is, or made with these policies. Policies of one that is there are not changed here: its other keys would get them
 * unasked.
 *
 * @throws CallerFault ValidationException, LimitExceeded, NoSuchEntity, MalformedPolicyDocument
 */
export async function keyUser(
  userName: string,
  { policyNames, policyDocument }: Pick<CreateAccessKeyInput, "policyNames" | "policyDocument">,
  transaction: WriteTransaction,
  context: OperationContext,
): Promise<{ readonly userName: string; readonly isNew: boolean }> {
  await lockIdentities(transaction);
  const found = await findUser(transaction.db, userName);
  if (found) {
    if (policyNames !== undefined || policyDocument !== undefined) {
      throw await hasPolicies(transaction, found.user_name);
    }
    await requireRoomForKey(transaction, found.user_name);
    return { userName: found.user_name, isNew: false };
  }
  await requireRoomFor(transaction.db, "iam_users");
  await insertUser(transaction, newUserRow(context, { userName, path: "/" }));
  const inlinePolicies =
    policyDocument === undefined ? undefined : [{ policyName: userName, document: policyDocument }];
  const owner = { kind: "user", name: userName } as const;
  await putOwnedPolicies(transaction, owner, { policyNames, inlinePolicies }, context.accountId);
  return { userName, isNew: true };
}

/** Under the lock of identities. @throws CallerFault LimitExceeded */
export async function requireRoomForKey(transaction: WriteTransaction, userName: string): Promise<void> {
  const keys = await listKeysOfUser(transaction.db, userName);
  if (keys.length < MAX_ACCESS_KEYS_PER_USER) return;
  throw new CallerFault(
    "LimitExceeded",
    `Cannot exceed quota for AccessKeysPerUser: ${MAX_ACCESS_KEYS_PER_USER}. Delete one of the user ${userName} first: sluice keys list --user ${userName}`,
  );
}

async function hasPolicies({ db }: WriteTransaction, userName: string): Promise<CallerFault> {
  const { attached, inline } = await ownedPolicies(db, { kind: "user", name: userName });
  const names = [...attached.map(nameInArn), ...inline.map(({ policy_name }) => policy_name)];
  const has = names.length === 0 ? "has no policies" : `has the policies ${names.join(", ")}`;
  return new CallerFault(
    "EntityAlreadyExists",
    `The user ${userName} exists already and ${has}. Leave the policies out, and the new key has these rights; to change them: sluice users attach ${userName} POLICY`,
  );
}
