import { type Insertable, type Kysely, type Selectable, type SqlBool, sql, type Updateable } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { AccessKeysTable, Database } from "./schema.ts";

export type AnyKeyRow = Selectable<AccessKeysTable>;

/** Roles of keys that people and pipelines have. Those of hosts and functions come and go with their owners. */
const PEOPLE_ROLES = ["root", "read-only", "user"] as const;
export type PeopleRole = (typeof PEOPLE_ROLES)[number];

export type PersonKeyRow = AnyKeyRow & { readonly role: PeopleRole };
export type NewPersonKey = Insertable<AccessKeysTable> & { readonly role: PeopleRole };

/** What may be changed of a key that is there. */
export type KeyChange = Pick<Updateable<AccessKeysTable>, "status" | "expires_at" | "description">;

/** Any number that no other lock of ours uses. */
const ROOT_KEYS_LOCK = 7203108;

export function isPeopleRole(role: string): role is PeopleRole {
  return (PEOPLE_ROLES as readonly string[]).includes(role);
}

/** A key, by when it was made and its id: what a listing goes on after. */
export interface KeyPosition {
  readonly createdAt: number;
  readonly accessKeyId: string;
}

export interface KeyPage {
  readonly after?: KeyPosition | undefined;
  readonly limit: number;
  readonly userName?: string | undefined;
  readonly includeHosts?: boolean | undefined;
}

/**
 * Whether somebody made the key by CreateAccessKey and looks after it: those that hosts enrol for have no description, and like those of functions
 * they come and go with their owners.
 */
export function isKeptByPeople({ role, description }: Pick<AnyKeyRow, "role" | "description">): boolean {
  return isPeopleRole(role) || (role === "host" && description !== null);
}

/** The oldest first, of those that people look after, and at wish of all hosts. Those of functions are never among them. */
export async function listKeys(
  db: Kysely<Database>,
  { after, limit, userName, includeHosts }: KeyPage,
): Promise<readonly AnyKeyRow[]> {
  let query = db
    .selectFrom("access_keys")
    .selectAll()
    .where((of) =>
      of.or([
        of("role", "in", PEOPLE_ROLES),
        includeHosts ? of("role", "=", "host") : of.and([of("role", "=", "host"), of("description", "is not", null)]),
      ]),
    )
    .orderBy("created_at")
    .orderBy("access_key_id")
    .limit(limit);
  if (userName !== undefined) query = query.where("user_name", "=", userName);
  if (after)
    query = query.where(sql<SqlBool>`(created_at, access_key_id) > (${after.createdAt}, ${after.accessKeyId})`);
  return query.execute();
}

/** The oldest first. */
export async function listKeysOfUser(db: Kysely<Database>, userName: string): Promise<readonly AnyKeyRow[]> {
  return db
    .selectFrom("access_keys")
    .selectAll()
    .where("role", "=", "user")
    .where("user_name", "=", userName)
    .orderBy("created_at")
    .orderBy("access_key_id")
    .execute();
}

/** How many keys each user has; users without one are left out. */
export async function countKeysOfUsers(
  db: Kysely<Database>,
  userNames: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (userNames.length === 0) return new Map();
  const rows = await db
    .selectFrom("access_keys")
    .select(["user_name", (of) => of.fn.countAll<number>().as("count")])
    .where("role", "=", "user")
    .where("user_name", "in", userNames)
    .groupBy("user_name")
    .execute();
  return new Map(rows.map((row) => [row.user_name ?? "", Number(row.count)]));
}

/** Root keys that open the server now and go on doing so for ever. Call it under the lock. */
export async function listLastingRootKeys(db: Kysely<Database>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("access_keys")
    .select("access_key_id")
    .where("role", "=", "root")
    .where("status", "=", "Active")
    .where("expires_at", "is", null)
    .execute();
  return rows.map((row) => row.access_key_id);
}

export async function findPeopleKey(db: Kysely<Database>, accessKeyId: string): Promise<PersonKeyRow | undefined> {
  const row = await findAnyKey(db, accessKeyId);
  return row && isPeopleRole(row.role) ? { ...row, role: row.role } : undefined;
}

/** Past any cache. */
export async function findAnyKey(db: Kysely<Database>, accessKeyId: string): Promise<AnyKeyRow | undefined> {
  return db.selectFrom("access_keys").selectAll().where("access_key_id", "=", accessKeyId).executeTakeFirst();
}

/** As {@link findAnyKey}; and nobody changes or deletes it until the transaction ends, so that what it begins ends with it. */
export async function keepKey({ db, dialect }: WriteTransaction, accessKeyId: string): Promise<AnyKeyRow | undefined> {
  const query = db.selectFrom("access_keys").selectAll().where("access_key_id", "=", accessKeyId);
  return (dialect === "postgres" ? query.forShare() : query).executeTakeFirst();
}

export async function insertKey({ db }: WriteTransaction, row: Insertable<AccessKeysTable>): Promise<void> {
  await db.insertInto("access_keys").values(row).execute();
}

export async function updateKey({ db }: WriteTransaction, accessKeyId: string, change: KeyChange): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await db.updateTable("access_keys").set(change).where("access_key_id", "=", accessKeyId).execute();
}

export async function deleteKey({ db }: WriteTransaction, accessKeyId: string): Promise<void> {
  await db.deleteFrom("access_keys").where("access_key_id", "=", accessKeyId).execute();
}

/** Keeps two callers from taking the last two root keys away at once; call it before looking what is there. SQLite has one writer anyway. */
export async function lockPeopleKeys({ db, dialect }: WriteTransaction): Promise<void> {
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${ROOT_KEYS_LOCK})`.execute(db);
}
