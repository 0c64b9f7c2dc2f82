import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { UpdateAccessKeyInput, UpdateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { endTemporaryKeysBy } from "../../../store/iam/temporary-keys.ts";
import {
  type AnyKeyRow,
  findAnyKey,
  type KeyChange,
  listLastingRootKeys,
  lockPeopleKeys,
  updateKey,
} from "../../../store/people-keys.ts";
import { endWhatKeysBegan, forgetAll } from "../../iam/changes/end-key.ts";
import { invalid } from "../../iam/checks/iam-names.ts";
import type { Operation } from "../../operation.ts";
import { requireDescription, requireExpiry, requireKey, requireLastingRoot, requireRootFor } from "./key-checks.ts";
import { keySummary } from "./key-summary.ts";

/** A key that is disabled opens nothing from now on, and what it began ends with it. */
export const updateAccessKey: Operation<UpdateAccessKeyInput, UpdateAccessKeyOutput> = async (input, context) => {
  const { accessKeyId } = input;
  const change = changeOf(input, context.now());
  if (change.status === "Inactive" && accessKeyId === context.principal.accessKeyId) {
    throw new CallerFault(
      "AccessKeyInUseException",
      `The access key ${accessKeyId} is the one that makes this call: disable it with another one.`,
    );
  }
  const changed = await context.store.write(async (transaction) => {
    await lockPeopleKeys(transaction);
    const key = await requireKey(transaction.db, accessKeyId);
    requireRootFor(key.role, context, "sluice:UpdateAccessKey");
    requireHostDescription(key, change);
    const lasting = await listLastingRootKeys(transaction.db);
    await updateKey(transaction, accessKeyId, change);
    await requireLastingRoot(transaction.db, lasting, accessKeyId);
    if (change.expires_at) await endTemporaryKeysBy(transaction, accessKeyId, change.expires_at);
    const ended =
      change.status === "Inactive"
        ? await endWhatKeysBegan(transaction, [accessKeyId])
        : { sessions: 0, temporaryKeyIds: [] };
    const row = (await findAnyKey(transaction.db, accessKeyId))!;
    return { ended, accessKey: await keySummary(transaction.db, row) };
  });
  const { ended, accessKey } = changed;
  forgetAll(context, [accessKeyId, ...ended.temporaryKeyIds]);
  return { accessKey, endedSessions: ended.sessions };
};

function changeOf({ status, expiresAt, neverExpires, description }: UpdateAccessKeyInput, now: number): KeyChange {
  if (status !== undefined && status !== "Active" && status !== "Inactive") {
    throw invalid(`status is "${excerpt(status)}": it must be Active or Inactive.`);
  }
  if (expiresAt !== undefined && neverExpires) {
    throw invalid("expiresAt and neverExpires exclude each other: leave one of them out.");
  }
  const expiry = neverExpires ? null : requireExpiry(expiresAt, now);
  const text = requireDescription(description);
  const change: KeyChange = {
    ...(status !== undefined && { status }),
    ...(expiry !== undefined && { expires_at: expiry }),
    ...(text !== undefined && { description: text }),
  };
  if (Object.keys(change).length > 0) return change;
  throw invalid("Nothing is to be changed: give status, expiresAt, neverExpires or description.");
}

/** By its description it is told from the one that the host enrolled for. */
function requireHostDescription({ role }: AnyKeyRow, { description }: KeyChange): void {
  if (role === "host" && description === null) {
    throw invalid("description is empty: the key of a host's agent has to have one.");
  }
}
