import { objectOf } from "@sluice/model/stored-json/form.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";
import { JsonSetting } from "./settings.ts";

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

const SETTING = new JsonSetting("restored", objectOf<RestoredMark>({ takenAt: "text", restoredAt: "text" }));

export async function readRestoredMark({ db }: Pick<Store, "db">): Promise<RestoredMark | null> {
  return SETTING.read(db);
}

export async function writeRestoredMark({ db }: Pick<WriteTransaction, "db">, mark: RestoredMark): Promise<void> {
  await SETTING.write(db, mark);
}
