import { objectOf } from "@sluice/model/stored-json/form.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { addSetting, JsonSetting } from "./settings.ts";

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

const HELD = objectOf<Held>({ owner: "text", until: "number" });

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
  const lease = new JsonSetting(name, HELD);
  const held = row && lease.parse(row.value);
  if (dialect === "postgres" && held && held.owner !== owner && held.until > now) return false;
  if (!row) return addSetting(db, name, lease.textOf({ owner, until }));
  await lease.write(db, { owner, until });
  return true;
}
