import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";

/** That this server is a copy of an earlier one. Times are ISO 8601. */
export interface RestoredMark {
  /** What happened after this is not known. */
  readonly takenAt: string;
  readonly restoredAt: string;
  /** That the first start after the restore has dealt with what was under way. */
  readonly settledAt?: string;
  /** The deployments that it ended, until a server that started has told of them. */
  readonly untold?: readonly string[];
}

const SETTING = "restored";

export async function readRestoredMark({ db }: Pick<Store, "db">): Promise<RestoredMark | null> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", SETTING).executeTakeFirst();
  return row ? (JSON.parse(row.value) as RestoredMark) : null;
}

export async function writeRestoredMark({ db }: Pick<WriteTransaction, "db">, mark: RestoredMark): Promise<void> {
  const value = JSON.stringify(mark);
  await db
    .insertInto("settings")
    .values({ name: SETTING, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
