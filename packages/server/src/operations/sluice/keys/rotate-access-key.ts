import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { RotateAccessKeyInput, RotateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { newAccessKey } from "../../../access/new-access-key.ts";
import type { Principal } from "../../../access/principal.ts";
import { endTemporaryKeysBy } from "../../../store/iam/temporary-keys.ts";
import { findAnyKey, insertKey, listLastingRootKeys, lockPeopleKeys, updateKey } from "../../../store/people-keys.ts";
import { endWhatKeysBegan, forgetAll } from "../../iam/changes/end-key.ts";
import { lockIdentities } from "../../iam/changes/lock-identities.ts";
import { invalid } from "../../iam/checks/iam-names.ts";
import type { Operation } from "../../operation.ts";
import { requireKey, requireLastingRoot, requireRootFor } from "./key-checks.ts";
import { keySummary } from "./key-summary.ts";
import { requireRoomForKey } from "./key-user.ts";

/** For how long a key that was replaced still works, when nobody says it: a day, in which every place that has it gets the new one. */
export const KEEP_ROTATED_KEY_SECONDS = 24 * 60 * 60;
export const MAX_KEEP_ROTATED_KEY_SECONDS = 30 * 24 * 60 * 60;

/** A second key with the rights of the first, which expires soon. What had a time to live has the same one again. */
export const rotateAccessKey: Operation<RotateAccessKeyInput, RotateAccessKeyOutput> = async (input, context) => {
  const { accessKeyId: oldId } = input;
  requireOwnOfHost(context.principal, oldId);
  const keepSeconds = requireKeepSeconds(input.keepOldSeconds);
  const { accessKeyId, secretAccessKey } = newAccessKey(context.randomText);
  const now = context.now();
  const rotated = await context.store.write(async (transaction) => {
    const { db } = transaction;
    await lockIdentities(transaction);
    await lockPeopleKeys(transaction);
    // The key that a host got when it enrolled is nobody else's to rotate.
    const isOwn = context.principal.role === "host";
    const old = (isOwn && (await findAnyKey(db, oldId))) || (await requireKey(db, oldId));
    if (isOwn && old.expires_at !== null) {
      throw invalid(`The access key ${oldId} is replaced already: use the new one.`);
    }
    requireRootFor(old.role, context, "sluice:RotateAccessKey");
    if (old.status !== "Active" || (old.expires_at ?? Number.POSITIVE_INFINITY) <= now) {
      throw invalid(
        `The access key ${oldId} ${old.status === "Active" ? "has expired" : "is disabled"}: what opens nothing is not rotated. Create another: sluice keys create --help`,
      );
    }
    if (old.user_name !== null) await requireRoomForKey(transaction, old.user_name);
    const lasting = await listLastingRootKeys(db);
    const expiresAt = Math.min(old.expires_at ?? Number.POSITIVE_INFINITY, now + keepSeconds * 1000);
    await insertKey(transaction, {
      access_key_id: accessKeyId,
      secret_access_key: secretAccessKey,
      role: old.role,
      host_id: old.host_id,
      user_name: old.user_name,
      description: old.description,
      expires_at: old.expires_at === null ? null : now + (old.expires_at - old.created_at),
      created_at: now,
    });
    await updateKey(transaction, oldId, { expires_at: expiresAt });
    await requireLastingRoot(db, lasting, oldId);
    await endTemporaryKeysBy(transaction, oldId, expiresAt);
    const ended = keepSeconds === 0 ? await endWhatKeysBegan(transaction, [oldId]) : { temporaryKeyIds: [] };
    return {
      accessKey: await keySummary(db, (await findAnyKey(db, accessKeyId))!),
      oldAccessKey: await keySummary(db, (await findAnyKey(db, oldId))!),
      forgotten: [oldId, ...ended.temporaryKeyIds],
    };
  });
  forgetAll(context, rotated.forgotten);
  return { accessKey: rotated.accessKey, secretAccessKey, oldAccessKey: rotated.oldAccessKey };
};

function requireOwnOfHost({ role, accessKeyId }: Principal, rotated: string | undefined): void {
  if (role !== "host" || rotated === accessKeyId) return;
  throw new CallerFault(
    "AccessDeniedException",
    `The access key ${accessKeyId} is a host's: it may rotate itself only.`,
  );
}

function requireKeepSeconds(seconds = KEEP_ROTATED_KEY_SECONDS): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_KEEP_ROTATED_KEY_SECONDS) return seconds;
  throw invalid(`keepOldSeconds is ${seconds}: it must be from 0 to ${MAX_KEEP_ROTATED_KEY_SECONDS}.`);
}
