import type { Kysely } from "kysely";
import { PERMISSION_STATEMENT, type PermissionStatement } from "../columns/lambda-columns.ts";
import type { Database } from "../schema.ts";

/** Whose policy it is: a function's own (`qualifier` empty), or that of one of its versions or aliases. */
export interface PolicyName {
  readonly functionName: string;
  readonly qualifier: string;
}

export interface Permission extends PolicyName {
  readonly statementId: string;
  readonly statement: PermissionStatement;
}

/** In the order of their ids. */
export async function listPermissions(
  db: Kysely<Database>,
  { functionName, qualifier }: PolicyName,
): Promise<Permission[]> {
  const rows = await db
    .selectFrom("lambda_permissions")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("qualifier", "=", qualifier)
    .orderBy("statement_id")
    .execute();
  return rows.map((row) => ({
    functionName,
    qualifier,
    statementId: row.statement_id,
    statement: PERMISSION_STATEMENT.read(row),
  }));
}

/** Fails with a unique violation when the policy has a statement of this id. */
export async function insertPermission(db: Kysely<Database>, permission: Permission): Promise<void> {
  await db
    .insertInto("lambda_permissions")
    .values({
      function_name: permission.functionName,
      qualifier: permission.qualifier,
      statement_id: permission.statementId,
      statement_json: PERMISSION_STATEMENT.write(permission.statement),
    })
    .execute();
}

/** Whether there was one. */
export async function removePermission(
  db: Kysely<Database>,
  { functionName, qualifier }: PolicyName,
  statementId: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("lambda_permissions")
    .where("function_name", "=", functionName)
    .where("qualifier", "=", qualifier)
    .where("statement_id", "=", statementId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Of a version or an alias that ends. */
export async function removePolicy(db: Kysely<Database>, { functionName, qualifier }: PolicyName): Promise<void> {
  await db
    .deleteFrom("lambda_permissions")
    .where("function_name", "=", functionName)
    .where("qualifier", "=", qualifier)
    .execute();
}
