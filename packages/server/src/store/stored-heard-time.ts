import type { HeardTime } from "@sluice/engine/heard-time.ts";
import { type Form, listOf } from "@sluice/model/stored-json/form.ts";
import type { Kysely } from "kysely";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";
import { JsonSetting } from "./settings.ts";

/** Stretches that are written down. What lies before them is forgotten, which puts deadlines off. */
const STRETCHES_KEPT = 50;

type Stretch = readonly [from: number, until: number];

const STRETCH: Form<Stretch> = {
  problemOf: (value) => {
    const isStretch = Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number";
    return isStretch ? null : "it is no pair of times";
  },
  complete: (stored) => stored,
};
const SETTING = new JsonSetting("heard-time", listOf(STRETCH));

/** What this database's servers heard up to their last note of it. */
export async function readHeardTime({ db }: Pick<Store, "db">): Promise<HeardTime> {
  return ((await SETTING.read(db)) ?? []).map(([from, until]) => ({ from, until }));
}

export async function saveHeardTime(db: Kysely<Database>, heard: HeardTime): Promise<void> {
  const stretches = heard.filter(({ from, until }) => Number.isFinite(from) && Number.isFinite(until));
  if (stretches.length === 0) return;
  await SETTING.write(
    db,
    stretches.slice(-STRETCHES_KEPT).map(({ from, until }) => [from, until]),
  );
}
