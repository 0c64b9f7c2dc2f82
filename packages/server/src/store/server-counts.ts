import type { Store } from "./open-store.ts";
import { writeSetting } from "./settings.ts";

/** Rows of `settings` in which the servers on one database count on. */
const PREFIX = "hearing-of-";

/** Writes this server's count, and reads those of the others, by their names. */
export async function countOn(store: Store, name: string, count: number): Promise<ReadonlyMap<string, number>> {
  const rows = await store.write(async ({ db }) => {
    await writeSetting(db, PREFIX + name, String(count));
    return db.selectFrom("settings").select(["name", "value"]).where("name", "like", `${PREFIX}%`).execute();
  });
  const others = rows.filter((row) => row.name !== PREFIX + name);
  return new Map(others.map((row) => [row.name.slice(PREFIX.length), Number(row.value)]));
}

/** Removes what servers left that died, unless they count on after all. */
export async function removeCounts(store: Store, left: ReadonlyMap<string, number>): Promise<void> {
  if (left.size === 0) return;
  await store.write(async ({ db }) => {
    for (const [name, count] of left) {
      await db
        .deleteFrom("settings")
        .where("name", "=", PREFIX + name)
        .where("value", "=", String(count))
        .execute();
    }
  });
}

export async function stopCounting(store: Store, name: string): Promise<void> {
  await store.write(({ db }) =>
    db
      .deleteFrom("settings")
      .where("name", "=", PREFIX + name)
      .execute(),
  );
}
