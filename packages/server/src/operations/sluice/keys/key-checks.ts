import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_KEY_DESCRIPTION_CHARACTERS } from "@sluice/model/limits.ts";
import type { Kysely } from "kysely";
import type { Action } from "../../../access/action.ts";
import { accessDenied } from "../../../access/require-allowed.ts";
import { type AnyKeyRow, findAnyKey, isKeptByPeople, listLastingRootKeys } from "../../../store/people-keys.ts";
import type { Database } from "../../../store/schema.ts";
import { invalid } from "../../iam/checks/iam-names.ts";
import type { OperationContext } from "../../operation.ts";

/** A key that somebody made and looks after. @throws CallerFault ValidationException, AccessKeyDoesNotExistException */
export async function requireKey(db: Kysely<Database>, accessKeyId: string | undefined): Promise<AnyKeyRow> {
  if (!accessKeyId) throw invalid("accessKeyId is missing: `sluice keys list` shows the ids.");
  const key = await findAnyKey(db, accessKeyId);
  if (key && isKeptByPeople(key)) return key;
  throw new CallerFault(
    "AccessKeyDoesNotExistException",
    `There is no access key of a person or a pipeline with the id ${excerpt(accessKeyId)}: \`sluice keys list\` shows those that there are. A host's own key goes with its host: sluice hosts remove NAME`,
  );
}

/**
 * Root keys are made and changed by root alone, whatever policies say: with one of them its caller could do what no policy gives.
 *
 * @throws CallerFault AccessDeniedException
 */
export function requireRootFor(
  role: string,
  { principal, accountId }: Pick<OperationContext, "principal" | "accountId">,
  action: Action,
): void {
  if (role !== "root" || principal.role === "root") return;
  throw accessDenied(principal, action, accountId, "Root keys are made and changed with a root key alone.");
}

/**
 * Somebody has to be able to change things for ever. Call it when the change is made, before the commit.
 *
 * @param before root keys that lasted before the change
 * @throws CallerFault AccessKeyInUseException
 */
export async function requireLastingRoot(
  db: Kysely<Database>,
  before: readonly string[],
  accessKeyId: string,
): Promise<void> {
  if (before.length === 0 || (await listLastingRootKeys(db)).length > 0) return;
  throw new CallerFault(
    "AccessKeyInUseException",
    `The access key ${accessKeyId} is the last root key that is active and never expires: nobody could change anything without it. Create another first: sluice keys create --root`,
  );
}

/** Undefined: nothing was said. Null: none. */
export function requireDescription(description: string | undefined): string | null | undefined {
  if (description === undefined) return undefined;
  if (description === "") return null;
  const { length } = description;
  if (length <= MAX_KEY_DESCRIPTION_CHARACTERS) return description;
  throw invalid(`description has ${length} characters: at most ${MAX_KEY_DESCRIPTION_CHARACTERS} are allowed.`);
}

/** Epoch milliseconds; undefined: nothing was said. */
export function requireExpiry(expiresAt: Date | undefined, now: number): number | undefined {
  if (expiresAt === undefined) return undefined;
  const at = expiresAt.getTime();
  if (at > now) return at;
  throw invalid(
    `expiresAt is ${expiresAt.toISOString()}, which is past: name a time to come, or disable the key: sluice keys disable ID`,
  );
}
