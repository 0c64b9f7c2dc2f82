import type { Kysely, Updateable } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Database } from "../schema.ts";
import type { IamUsersTable } from "./iam-tables.ts";

type Reader = Kysely<Database>;

/** As it is told apart: no two names differ by case alone. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

export async function findUser(db: Reader, userName: string): Promise<IamUsersTable | undefined> {
  return db.selectFrom("iam_users").selectAll().where("name_key", "=", nameKey(userName)).executeTakeFirst();
}

/** By name. @param after the `name_key` of the page before */
export async function listUsers(
  db: Reader,
  {
    after,
    limit,
    pathPrefix,
  }: { readonly after: string | null; readonly limit: number; readonly pathPrefix?: string | undefined },
): Promise<readonly IamUsersTable[]> {
  let query = db.selectFrom("iam_users").selectAll().orderBy("name_key").limit(limit);
  if (after !== null) query = query.where("name_key", ">", after);
  // Not by LIKE: a path may hold its wildcards.
  if (pathPrefix)
    query = query.where((of) => of(of.fn("substr", ["path", of.val(1), of.val(pathPrefix.length)]), "=", pathPrefix));
  return query.execute();
}

export async function insertUser({ db }: WriteTransaction, user: IamUsersTable): Promise<void> {
  await db.insertInto("iam_users").values(user).execute();
}

export async function updateUser(
  { db }: WriteTransaction,
  userName: string,
  change: Updateable<Pick<IamUsersTable, "description" | "tags_json">>,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await db.updateTable("iam_users").set(change).where("user_name", "=", userName).execute();
}

/** The row alone: what it has goes first. */
export async function deleteUserRow({ db }: WriteTransaction, userName: string): Promise<void> {
  await db.deleteFrom("iam_users").where("user_name", "=", userName).execute();
}
