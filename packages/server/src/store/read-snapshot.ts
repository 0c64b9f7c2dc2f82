import type { Kysely } from "kysely";
import type { Store } from "./open-store.ts";
import type { Database } from "./schema.ts";

/** What several reads find at one moment, as nobody's commit comes in between. SQLite has one connection: it must be short. */
export async function readSnapshot<T>(
  { db, dialect }: Pick<Store, "db" | "dialect">,
  read: (view: Kysely<Database>) => Promise<T>,
): Promise<T> {
  if (dialect === "sqlite") return db.transaction().execute(read);
  return db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(read);
}
