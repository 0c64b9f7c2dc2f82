import type { Kysely, Selectable } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Database } from "../schema.ts";
import type { LambdaFunctionsTable } from "./lambda-tables.ts";

export type FunctionRow = Selectable<LambdaFunctionsTable>;

export async function findFunction(db: Kysely<Database>, functionName: string): Promise<FunctionRow | undefined> {
  return db.selectFrom("lambda_functions").selectAll().where("function_name", "=", functionName).executeTakeFirst();
}

/** Read again and kept until the transaction ends: who changes a function, its versions or its aliases holds it first. */
export async function lockFunction(
  { db, dialect }: WriteTransaction,
  functionName: string,
): Promise<FunctionRow | undefined> {
  const query = db.selectFrom("lambda_functions").selectAll().where("function_name", "=", functionName);
  return (dialect === "postgres" ? query.forUpdate() : query).executeTakeFirst();
}

/** In the order of their names, from the first that comes after `after`. */
export async function listFunctions(db: Kysely<Database>, after: string, limit: number): Promise<FunctionRow[]> {
  return db
    .selectFrom("lambda_functions")
    .selectAll()
    .where("function_name", ">", after)
    .orderBy("function_name")
    .limit(limit)
    .execute();
}

export async function countFunctions(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom("lambda_functions")
    .select((expression) => expression.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Of all functions together. */
export async function sumReservedConcurrency(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom("lambda_functions")
    .select((expression) => expression.fn.sum("reserved_concurrency").as("sum"))
    .executeTakeFirstOrThrow();
  return Number(row.sum ?? 0);
}

/** The users that functions have, of which none may be given to another one. */
export async function takenUids(db: Kysely<Database>): Promise<ReadonlySet<number>> {
  const rows = await db.selectFrom("lambda_functions").select("uid").where("uid", "is not", null).execute();
  return new Set(rows.map(({ uid }) => uid as number));
}

/** Those that were created where functions had no users. */
export async function functionsWithoutUser(db: Kysely<Database>): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("lambda_functions")
    .select("function_name")
    .where("uid", "is", null)
    .orderBy("function_name")
    .execute();
  return rows.map(({ function_name }) => function_name);
}

/** Fails with a unique violation when the name, or the user, was taken first by another one. */
export async function insertFunction(db: Kysely<Database>, row: FunctionRow): Promise<void> {
  await db.insertInto("lambda_functions").values(row).execute();
}

export async function changeFunction(
  db: Kysely<Database>,
  functionName: string,
  change: Partial<Pick<FunctionRow, "uid" | "last_version" | "reserved_concurrency" | "tags_json">>,
): Promise<void> {
  await db.updateTable("lambda_functions").set(change).where("function_name", "=", functionName).execute();
}

/** With its versions, aliases, permissions and keys. What becomes of its asynchronous invocations is with `endEventsOf`. */
export async function removeFunction(db: Kysely<Database>, functionName: string): Promise<void> {
  await db.deleteFrom("access_keys").where("function_name", "=", functionName).execute();
  for (const table of ["lambda_permissions", "lambda_aliases", "lambda_versions", "lambda_functions"] as const) {
    await db.deleteFrom(table).where("function_name", "=", functionName).execute();
  }
}
