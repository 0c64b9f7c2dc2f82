import type { WriteTransaction } from "./group-commit.ts";

/** Rows of one kind that one transaction removes. */
const STEP_ROWS = 50;

/** Tokens with which nobody can enrol since `before` (epoch milliseconds). Returns how many went, {@link STEP_ROWS} at most. */
export async function removeExpiredTokens({ db }: WriteTransaction, before: number): Promise<number> {
  const removed = await db
    .deleteFrom("enrolment_tokens")
    .where("token_id", "in", (query) =>
      query.selectFrom("enrolment_tokens").select("token_id").where("expires_at", "<", before).limit(STEP_ROWS),
    )
    .executeTakeFirst();
  return Number(removed.numDeletedRows);
}

/**
 * What hosts that were retired before `before` (epoch milliseconds) left in groups. They are never a target again, so that the deployments
 * in which they took part last are needed for them no longer. Returns how many hosts it was, {@link STEP_ROWS} at most.
 */
export async function removeAttemptsOfRetired({ db }: WriteTransaction, before: number): Promise<number> {
  const rows = await db
    .selectFrom("group_hosts")
    .innerJoin("hosts", "hosts.host_id", "group_hosts.target_id")
    .select("group_hosts.target_id")
    .distinct()
    .where("hosts.retired_at", "<", before)
    .limit(STEP_ROWS)
    .execute();
  if (rows.length === 0) return 0;
  await db
    .deleteFrom("group_hosts")
    .where(
      "target_id",
      "in",
      rows.map((row) => row.target_id),
    )
    .execute();
  return rows.length;
}
