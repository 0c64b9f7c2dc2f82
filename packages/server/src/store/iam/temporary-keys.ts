import { type Kysely, sql } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Database } from "../schema.ts";
import type { StsSessionsTable } from "./iam-tables.ts";

/** Rows that one transaction removes. */
const STEP_ROWS = 50;

export async function insertTemporaryKey({ db }: WriteTransaction, row: StsSessionsTable): Promise<void> {
  await db.insertInto("sts_sessions").values(row).execute();
}

export async function findTemporaryKey(
  db: Kysely<Database>,
  accessKeyId: string,
): Promise<StsSessionsTable | undefined> {
  return db.selectFrom("sts_sessions").selectAll().where("access_key_id", "=", accessKeyId).executeTakeFirst();
}

/** Of those that are good now, how many each role has. */
export async function countTemporaryKeys(db: Kysely<Database>, now: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("sts_sessions")
    .select(["role_name", (of) => of.fn.countAll<number>().as("count")])
    .where("expires_at", ">", now)
    .groupBy("role_name")
    .execute();
  return new Map(rows.map((row) => [row.role_name, Number(row.count)]));
}

export async function countTemporaryKeysOf(
  db: Kysely<Database>,
  sourceAccessKeyId: string,
  now: number,
): Promise<number> {
  const row = await db
    .selectFrom("sts_sessions")
    .select((of) => of.fn.countAll<number>().as("count"))
    .where("source_access_key_id", "=", sourceAccessKeyId)
    .where("expires_at", ">", now)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** With the key that bought them, or with their role. Returns their ids. */
export async function endTemporaryKeys(
  { db }: WriteTransaction,
  of: { readonly sourceAccessKeyId: string } | { readonly roleName: string },
): Promise<readonly string[]> {
  const remove = db.deleteFrom("sts_sessions").returning("access_key_id");
  const rows = await ("roleName" in of
    ? remove.where("role_name", "=", of.roleName)
    : remove.where("source_access_key_id", "=", of.sourceAccessKeyId)
  ).execute();
  return rows.map((row) => row.access_key_id);
}

/** Those that a key has bought end with it at the latest. */
export async function endTemporaryKeysBy(
  { db }: WriteTransaction,
  sourceAccessKeyId: string,
  expiresAt: number,
): Promise<void> {
  await db
    .updateTable("sts_sessions")
    .set({ expires_at: expiresAt })
    .where("source_access_key_id", "=", sourceAccessKeyId)
    .where("expires_at", ">", expiresAt)
    .execute();
}

/** What opens nothing since `before` (epoch milliseconds). Returns how many rows went, {@link STEP_ROWS} at most. */
export async function removeExpiredTemporaryKeys({ db }: WriteTransaction, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("sts_sessions")
    .where("access_key_id", "in", (query) =>
      query
        .selectFrom("sts_sessions")
        .select("access_key_id")
        .where("expires_at", "<=", before)
        .orderBy(sql`1`)
        .limit(STEP_ROWS),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
