import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_KEY_DESCRIPTION_CHARACTERS } from "@sluice/model/limits.ts";
import type { CreateAccessKeyInput, CreateAccessKeyOutput } from "@sluice/wire/sluice/console-api.ts";
import { newAccessKey } from "../../../access/new-access-key.ts";
import { insertPeopleKey, isPeopleRole, type NewPersonKey } from "../../../store/people-keys.ts";
import type { Operation } from "../../operation.ts";
import { keySummary } from "./key-summary.ts";

/** The secret leaves the server here and only here. */
export const createAccessKey: Operation<CreateAccessKeyInput, CreateAccessKeyOutput> = async (input, context) => {
  const { role } = input;
  if (!isPeopleRole(role)) {
    throw new CallerFault(
      "ValidationException",
      `role is '${excerpt(role)}': it must be root, which may do everything, or read-only. Hosts get their keys when they enrol.`,
    );
  }
  const { accessKeyId, secretAccessKey } = newAccessKey(context.randomText);
  const row = {
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    role,
    host_id: null,
    function_name: null,
    description: requireDescription(input.description),
    created_at: context.now(),
  } satisfies NewPersonKey;
  await context.store.write((transaction) => insertPeopleKey(transaction, row));
  return { accessKey: keySummary(row), secretAccessKey };
};

function requireDescription(description: string | undefined): string | null {
  if (description === undefined || description === "") return null;
  const { length } = description;
  if (length <= MAX_KEY_DESCRIPTION_CHARACTERS) return description;
  throw new CallerFault(
    "ValidationException",
    `description has ${length} characters: at most ${MAX_KEY_DESCRIPTION_CHARACTERS} are allowed.`,
  );
}
