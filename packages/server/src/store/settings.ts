import type { Store } from "./open-store.ts";

/** A setting's value; made and kept at the first asking. When several servers start at once, all get the value that was kept. */
export async function settingOrNew(store: Store, name: string, make: () => Promise<string>): Promise<string> {
  const known = await readSetting(store, name);
  if (known !== undefined) return known;
  const value = await make();
  await store.write(({ db }) =>
    db
      .insertInto("settings")
      .values({ name, value })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute(),
  );
  return (await readSetting(store, name)) ?? value;
}

async function readSetting({ db }: Pick<Store, "db">, name: string): Promise<string | undefined> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value;
}
