import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { AccessKeysTable, Database } from "./schema.ts";

type Row = Selectable<AccessKeysTable>;

/** Roles of keys that people and pipelines have. Those of hosts and functions come and go with their owners. */
const PEOPLE_ROLES = ["root", "read-only", "user"] as const;
export type PeopleRole = (typeof PEOPLE_ROLES)[number];

export type PersonKeyRow = Row & { readonly role: PeopleRole };
export type NewPersonKey = Insertable<AccessKeysTable> & { readonly role: PeopleRole };

/** Any number that no other lock of ours uses. */
const ROOT_KEYS_LOCK = 7203108;

export function isPeopleRole(role: string): role is PeopleRole {
  return (PEOPLE_ROLES as readonly string[]).includes(role);
}

/** The oldest first. */
export async function listPeopleKeys(db: Kysely<Database>): Promise<readonly PersonKeyRow[]> {
  const rows = await db
    .selectFrom("access_keys")
    .selectAll()
    .where("role", "in", PEOPLE_ROLES)
    .orderBy("created_at")
    .orderBy("access_key_id")
    .execute();
  return rows.filter((row): row is PersonKeyRow => isPeopleRole(row.role));
}

export async function findPeopleKey(db: Kysely<Database>, accessKeyId: string): Promise<PersonKeyRow | undefined> {
  const row = await findAnyKey(db, accessKeyId);
  return row && isPeopleRole(row.role) ? { ...row, role: row.role } : undefined;
}

/** Past any cache. */
export async function findAnyKey(db: Kysely<Database>, accessKeyId: string): Promise<Row | undefined> {
  return db.selectFrom("access_keys").selectAll().where("access_key_id", "=", accessKeyId).executeTakeFirst();
}

export async function insertPeopleKey({ db }: WriteTransaction, row: NewPersonKey): Promise<void> {
  await db.insertInto("access_keys").values(row).execute();
}

export async function deletePeopleKey({ db }: WriteTransaction, accessKeyId: string): Promise<void> {
  await db.deleteFrom("access_keys").where("access_key_id", "=", accessKeyId).execute();
}

/** Keeps two callers from deleting the last two root keys at once; call it before looking what is there. SQLite has one writer anyway. */
export async function lockPeopleKeys({ db, dialect }: WriteTransaction): Promise<void> {
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${ROOT_KEYS_LOCK})`.execute(db);
}
