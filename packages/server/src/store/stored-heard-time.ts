import type { HeardTime } from "@sluice/engine/heard-time.ts";
import type { Kysely } from "kysely";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";

const SETTING = "heard-time";
/** Stretches that are written down. What lies before them is forgotten, which puts deadlines off. */
const STRETCHES_KEPT = 50;

/** What this database's servers heard up to their last note of it. */
export async function readHeardTime({ db }: Pick<Store, "db">): Promise<HeardTime> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", SETTING).executeTakeFirst();
  if (!row) return [];
  return (JSON.parse(row.value) as [from: number, until: number][]).map(([from, until]) => ({ from, until }));
}

export async function saveHeardTime(db: Kysely<Database>, heard: HeardTime): Promise<void> {
  const stretches = heard.filter(({ from, until }) => Number.isFinite(from) && Number.isFinite(until));
  if (stretches.length === 0) return;
  const value = JSON.stringify(stretches.slice(-STRETCHES_KEPT).map(({ from, until }) => [from, until]));
  await db
    .insertInto("settings")
    .values({ name: SETTING, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
