import type { Kysely, Updateable } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Database } from "../schema.ts";
import type { IamRolesTable } from "./iam-tables.ts";
import { nameKey } from "./users.ts";

type Reader = Kysely<Database>;

export async function findRole(db: Reader, roleName: string): Promise<IamRolesTable | undefined> {
  return db.selectFrom("iam_roles").selectAll().where("name_key", "=", nameKey(roleName)).executeTakeFirst();
}

/** As {@link findRole}; and nobody deletes it until the transaction ends, so that what it begins ends with it. */
export async function keepRole(
  { db, dialect }: WriteTransaction,
  roleName: string,
): Promise<IamRolesTable | undefined> {
  const query = db.selectFrom("iam_roles").selectAll().where("name_key", "=", nameKey(roleName));
  return (dialect === "postgres" ? query.forShare() : query).executeTakeFirst();
}

/** By name. @param after the `name_key` of the page before */
export async function listRoles(
  db: Reader,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly IamRolesTable[]> {
  const query = db.selectFrom("iam_roles").selectAll().orderBy("name_key").limit(limit);
  return (after === null ? query : query.where("name_key", ">", after)).execute();
}

export async function insertRole({ db }: WriteTransaction, role: IamRolesTable): Promise<void> {
  await db.insertInto("iam_roles").values(role).execute();
}

export async function updateRole(
  { db }: WriteTransaction,
  roleName: string,
  change: Updateable<Pick<IamRolesTable, "description" | "max_session_seconds">>,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await db.updateTable("iam_roles").set(change).where("role_name", "=", roleName).execute();
}

/** The row alone: what it has goes first. */
export async function deleteRoleRow({ db }: WriteTransaction, roleName: string): Promise<void> {
  await db.deleteFrom("iam_roles").where("role_name", "=", roleName).execute();
}
