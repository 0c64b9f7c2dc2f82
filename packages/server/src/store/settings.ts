import type { Form } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson, toJson } from "@sluice/model/stored-json/stored-json.ts";
import type { Kysely } from "kysely";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";

/** A setting that holds JSON. */
export class JsonSetting<T> {
  readonly name: string;
  readonly #form: Form<T>;

  constructor(name: string, form: Form<T>) {
    this.name = name;
    this.#form = form;
  }

  /** Null: nothing is set. Throws an `UnreadableColumn` that names the setting. */
  async read(db: Kysely<Database>): Promise<T | null> {
    const text = await readSetting(db, this.name);
    return text === undefined ? null : this.parse(text);
  }

  async write(db: Kysely<Database>, value: T): Promise<void> {
    await writeSetting(db, this.name, this.textOf(value));
  }

  /** Made and kept at the first asking. */
  async orNew(store: Store, make: () => Promise<T>): Promise<T> {
    return this.parse(await settingOrNew(store, this.name, async () => this.textOf(await make())));
  }

  parse(text: string): T {
    return parseJson(text as unknown as Json<T>, this.#form, () => `settings.value of ${this.name}`);
  }

  textOf(value: T): string {
    return toJson(value) as unknown as string;
  }
}

export async function readSetting(db: Kysely<Database>, name: string): Promise<string | undefined> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value;
}

export async function writeSetting(db: Kysely<Database>, name: string, value: string): Promise<void> {
  await db
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

/** False, and nothing is written, when it is set already. */
export async function addSetting(db: Kysely<Database>, name: string, value: string): Promise<boolean> {
  const inserted = await db
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** A setting's value; made and kept at the first asking. When several servers start at once, all get the value that was kept. */
export async function settingOrNew(store: Store, name: string, make: () => Promise<string>): Promise<string> {
  const known = await readSetting(store.db, name);
  if (known !== undefined) return known;
  const value = await make();
  await store.write(({ db }) => addSetting(db, name, value));
  return (await readSetting(store.db, name)) ?? value;
}
