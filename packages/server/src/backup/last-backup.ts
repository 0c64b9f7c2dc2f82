import type { Kysely } from "kysely";
import type { OpenStore } from "../store/open-store.ts";
import type { Database } from "../store/schema.ts";
import { readSetting, writeSetting } from "../store/settings.ts";

const SETTING = "backup.last-began-at";

/** Remembers that a backup was sent to its last byte. `beganAt`, epoch milliseconds: what it holds is no younger. */
export async function rememberBackup(store: Pick<OpenStore, "write">, beganAt: number): Promise<void> {
  await store.write(({ db }) => writeSetting(db, SETTING, String(beganAt)));
}

/** Epoch milliseconds at which the last whole backup began; null: there was none. */
export async function lastBackupAt(db: Kysely<Database>): Promise<number | null> {
  const text = await readSetting(db, SETTING);
  return text === undefined ? null : Number(text);
}
