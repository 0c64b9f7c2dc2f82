import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { DeleteAccessKeyInput, DeleteAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { deleteKey, listLastingRootKeys, lockPeopleKeys } from "../../../store/people-keys.ts";
import { endWhatKeysBegan, forgetAll } from "../../iam/changes/end-key.ts";
import type { Operation } from "../../operation.ts";
import { requireKey, requireLastingRoot, requireRootFor } from "./key-checks.ts";

/** The key opens nothing from now on; its sessions, its links and the temporary keys that it bought end with it. */
export const deleteAccessKey: Operation<DeleteAccessKeyInput, DeleteAccessKeyOutput> = async (input, context) => {
  const { accessKeyId } = input;
  if (accessKeyId && accessKeyId === context.principal.accessKeyId) {
    throw new CallerFault(
      "AccessKeyInUseException",
      `The access key ${accessKeyId} is the one that makes this call. To have another in its place: sluice keys rotate ${accessKeyId} --keep-old 0s`,
    );
  }
  const ended = await context.store.write(async (transaction) => {
    await lockPeopleKeys(transaction);
    const { role } = await requireKey(transaction.db, accessKeyId);
    requireRootFor(role, context, "sluice:DeleteAccessKey");
    const lasting = await listLastingRootKeys(transaction.db);
    await deleteKey(transaction, accessKeyId);
    await requireLastingRoot(transaction.db, lasting, accessKeyId);
    return endWhatKeysBegan(transaction, [accessKeyId]);
  });
  forgetAll(context, [accessKeyId, ...ended.temporaryKeyIds]);
  return { accessKeyId, endedSessions: ended.sessions, endedTemporaryKeys: ended.temporaryKeyIds.length };
};
