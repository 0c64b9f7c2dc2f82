import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { DeleteAccessKeyInput, DeleteAccessKeyOutput } from "@sluice/wire/sluice/console-api.ts";
import { endConsoleOfKey } from "../../../store/console-sessions.ts";
import { deletePeopleKey, listPeopleKeys, lockPeopleKeys } from "../../../store/people-keys.ts";
import type { Operation } from "../../operation.ts";

/** The key opens nothing from now on; its sessions and links end with it. */
export const deleteAccessKey: Operation<DeleteAccessKeyInput, DeleteAccessKeyOutput> = async (input, context) => {
  const { accessKeyId } = input;
  if (!accessKeyId) {
    throw new CallerFault("ValidationException", "accessKeyId is missing: `sluice keys list` shows the ids.");
  }
  if (accessKeyId === context.principal.accessKeyId) {
    throw new CallerFault(
      "AccessKeyInUseException",
      `The access key ${accessKeyId} is the one that makes this call. Delete it with another root key: create one with \`sluice keys create --root\`, and call with that.`,
    );
  }
  const endedSessions = await context.store.write(async (transaction) => {
    await lockPeopleKeys(transaction);
    const keys = await listPeopleKeys(transaction.db);
    const key = keys.find(({ access_key_id }) => access_key_id === accessKeyId);
    if (!key) {
      throw new CallerFault(
        "AccessKeyDoesNotExistException",
        `There is no access key of a person or a pipeline with the id ${excerpt(accessKeyId)}: \`sluice keys list\` shows those that there are. A host's key goes with its host: sluice hosts remove NAME`,
      );
    }
    if (key.role === "root" && keys.filter(({ role }) => role === "root").length === 1) {
      throw new CallerFault(
        "AccessKeyInUseException",
        `The access key ${accessKeyId} is the last root key: nobody could change anything without it. Create another first: sluice keys create --root`,
      );
    }
    await deletePeopleKey(transaction, accessKeyId);
    return endConsoleOfKey(transaction, accessKeyId);
  });
  context.forgetKeys({ accessKeyId });
  return { accessKeyId, endedSessions };
};
