import { type Kysely, type Selectable, sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { ConsoleSessionsTable, Database } from "./schema.ts";

export type ConsoleSessionRow = Selectable<ConsoleSessionsTable>;

/** Rows of one kind that one transaction of the housekeeping removes. */
const STEP_ROWS = 50;

export async function findConsoleSession(
  db: Kysely<Database>,
  cookieSha256: string,
): Promise<ConsoleSessionRow | undefined> {
  return db.selectFrom("console_sessions").selectAll().where("cookie_sha256", "=", cookieSha256).executeTakeFirst();
}

/** Ends those of the same key that were used last the longest ago, until no more than `maximum` are left with this one. */
export async function insertConsoleSession(
  { db }: WriteTransaction,
  row: ConsoleSessionRow,
  maximum: number,
): Promise<readonly string[]> {
  const others = await db
    .selectFrom("console_sessions")
    .select("cookie_sha256")
    .where("access_key_id", "=", row.access_key_id)
    .orderBy("used_at", "desc")
    .orderBy("cookie_sha256")
    .execute();
  const ended = others.slice(maximum - 1).map(({ cookie_sha256 }) => cookie_sha256);
  if (ended.length > 0) await db.deleteFrom("console_sessions").where("cookie_sha256", "in", ended).execute();
  await db.insertInto("console_sessions").values(row).execute();
  return ended;
}

export async function touchConsoleSession(
  { db }: WriteTransaction,
  cookieSha256: string,
  usedAt: number,
): Promise<void> {
  await db.updateTable("console_sessions").set({ used_at: usedAt }).where("cookie_sha256", "=", cookieSha256).execute();
}

export async function deleteConsoleSession({ db }: WriteTransaction, cookieSha256: string): Promise<void> {
  await db.deleteFrom("console_sessions").where("cookie_sha256", "=", cookieSha256).execute();
}

/** Adds a link that works once. Of the key's others the oldest go, until no more than `maximum` are left with it; and all that are too old. */
export async function insertConsoleLink(
  { db }: WriteTransaction,
  link: { readonly secretSha256: string; readonly accessKeyId: string; readonly expiresAt: number },
  { maximum, now }: { readonly maximum: number; readonly now: number },
): Promise<void> {
  const { secretSha256, accessKeyId, expiresAt } = link;
  await db.deleteFrom("console_links").where("expires_at", "<=", now).execute();
  const others = await db
    .selectFrom("console_links")
    .select("secret_sha256")
    .where("access_key_id", "=", accessKeyId)
    .orderBy("expires_at", "desc")
    .orderBy("secret_sha256")
    .execute();
  const dropped = others.slice(maximum - 1).map(({ secret_sha256 }) => secret_sha256);
  if (dropped.length > 0) await db.deleteFrom("console_links").where("secret_sha256", "in", dropped).execute();
  await db
    .insertInto("console_links")
    .values({ secret_sha256: secretSha256, access_key_id: accessKeyId, expires_at: expiresAt })
    .execute();
}

export async function hasConsoleLink(db: Kysely<Database>, secretSha256: string): Promise<boolean> {
  const row = await db
    .selectFrom("console_links")
    .select("secret_sha256")
    .where("secret_sha256", "=", secretSha256)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the link away, so that nobody else can; returns whose it was. Undefined: it is not there, or somebody else has just taken it. */
export async function takeConsoleLink(
  { db }: WriteTransaction,
  secretSha256: string,
): Promise<{ readonly accessKeyId: string; readonly expiresAt: number } | undefined> {
  // One statement, so that of two who come at once one alone gets the row, on PostgreSQL too.
  const row = await db
    .deleteFrom("console_links")
    .where("secret_sha256", "=", secretSha256)
    .returning(["access_key_id", "expires_at"])
    .executeTakeFirst();
  return row && { accessKeyId: row.access_key_id, expiresAt: row.expires_at };
}

/** With its key. Returns how many sessions it was. */
export async function endConsoleOfKey({ db }: WriteTransaction, accessKeyId: string): Promise<number> {
  await db.deleteFrom("console_links").where("access_key_id", "=", accessKeyId).execute();
  const sessions = await db.deleteFrom("console_sessions").where("access_key_id", "=", accessKeyId).executeTakeFirst();
  return Number(sessions.numDeletedRows);
}

/** Everybody's: of a database that was copied, nobody is signed in any more. */
export async function endWholeConsole({ db }: WriteTransaction): Promise<void> {
  await db.deleteFrom("console_links").execute();
  await db.deleteFrom("console_sessions").execute();
}

/** What opens nothing any more. Returns how many rows went, some tens at most. */
export async function removeEndedSessions(
  { db }: WriteTransaction,
  { now, usedBefore }: { readonly now: number; readonly usedBefore: number },
): Promise<number> {
  const links = await db.deleteFrom("console_links").where("expires_at", "<=", now).executeTakeFirst();
  const sessions = await db
    .deleteFrom("console_sessions")
    .where("cookie_sha256", "in", (query) =>
      query
        .selectFrom("console_sessions")
        .select("cookie_sha256")
        .where((or) => or.or([or("expires_at", "<=", now), or("used_at", "<=", usedBefore)]))
        .orderBy(sql`1`)
        .limit(STEP_ROWS),
    )
    .executeTakeFirst();
  return Number(links.numDeletedRows) + Number(sessions.numDeletedRows);
}
