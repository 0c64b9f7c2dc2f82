import type { AccessKeySummary } from "@sluice/wire/sluice/console-api.ts";
import type { PersonKeyRow } from "../../../store/people-keys.ts";

/** A key without its secret. */
export function keySummary(
  row: Pick<PersonKeyRow, "access_key_id" | "role" | "description" | "created_at">,
): AccessKeySummary {
  return {
    accessKeyId: row.access_key_id,
    role: row.role,
    description: row.description ?? undefined,
    createdAt: new Date(row.created_at),
  };
}
