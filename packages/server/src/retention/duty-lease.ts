import type { WriteTransaction } from "../store/group-commit.ts";

/** Of several servers on one database one does the duty at a time. */
export interface DutyLease {
  readonly name: string;
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly until: number;
}

interface Held {
  readonly owner: string;
  readonly until: number;
}

/**
 * Takes or renews the lease. False: another server has it. A SQLite database is open in one server alone, so that another owner is a
 * process that is gone.
 */
export async function holdDuty(
  { db, dialect }: WriteTransaction,
  { name, owner, now, until }: DutyLease,
): Promise<boolean> {
  const query = db.selectFrom("settings").select("value").where("name", "=", name);
  const row = await (dialect === "postgres" ? query.forUpdate() : query).executeTakeFirst();
  const held = row && (JSON.parse(row.value) as Held);
  if (dialect === "postgres" && held && held.owner !== owner && held.until > now) return false;
  const value = JSON.stringify({ owner, until } satisfies Held);
  if (row) {
    await db.updateTable("settings").set({ value }).where("name", "=", name).execute();
    return true;
  }
  const inserted = await db
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
