import type { Kysely, Selectable } from "kysely";
import type { Database } from "../schema.ts";
import type { LambdaAliasesTable } from "./lambda-tables.ts";
import { removePolicy } from "./permissions.ts";

export interface AliasName {
  readonly functionName: string;
  readonly aliasName: string;
}

/** A name for a version, and at times for a second one that gets a part of its invocations. */
export interface FunctionAlias extends AliasName {
  /** Gets what the second one does not. */
  readonly version: string;
  /** Its weight is from 0 to 1, as in RoutingConfig. */
  readonly second: { readonly version: string; readonly weight: number } | null;
  readonly description: string;
  readonly revisionId: string;
}

export async function findAlias(
  db: Kysely<Database>,
  { functionName, aliasName }: AliasName,
): Promise<FunctionAlias | undefined> {
  const row = await db
    .selectFrom("lambda_aliases")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("alias_name", "=", aliasName)
    .executeTakeFirst();
  return row && aliasOf(row);
}

export interface AliasListing {
  readonly functionName: string;
  /** Only those that send something to this version. */
  readonly version?: string | undefined;
  readonly after: string;
  readonly limit: number;
}

/** In the order of their names. */
export async function listAliases(
  db: Kysely<Database>,
  { functionName, version, after, limit }: AliasListing,
): Promise<FunctionAlias[]> {
  let query = db
    .selectFrom("lambda_aliases")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("alias_name", ">", after);
  if (version !== undefined) {
    query = query.where(({ or, eb }) => or([eb("version", "=", version), eb("second_version", "=", version)]));
  }
  return (await query.orderBy("alias_name").limit(limit).execute()).map(aliasOf);
}

export async function countAliases(db: Kysely<Database>, functionName: string): Promise<number> {
  const row = await db
    .selectFrom("lambda_aliases")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("function_name", "=", functionName)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** New, or instead of the one with its name. */
export async function saveAlias(db: Kysely<Database>, alias: FunctionAlias): Promise<void> {
  const row: Selectable<LambdaAliasesTable> = {
    function_name: alias.functionName,
    alias_name: alias.aliasName,
    version: alias.version,
    second_version: alias.second?.version ?? null,
    second_weight: alias.second?.weight ?? null,
    description: alias.description,
    revision_id: alias.revisionId,
  };
  await db
    .insertInto("lambda_aliases")
    .values(row)
    .onConflict((conflict) => conflict.columns(["function_name", "alias_name"]).doUpdateSet(row))
    .execute();
}

/** With the permissions that name it. */
export async function removeAlias(db: Kysely<Database>, { functionName, aliasName }: AliasName): Promise<void> {
  await removePolicy(db, { functionName, qualifier: aliasName });
  await db
    .deleteFrom("lambda_aliases")
    .where("function_name", "=", functionName)
    .where("alias_name", "=", aliasName)
    .execute();
}

function aliasOf(row: Selectable<LambdaAliasesTable>): FunctionAlias {
  const { second_version: version, second_weight: weight } = row;
  return {
    functionName: row.function_name,
    aliasName: row.alias_name,
    version: row.version,
    second: version === null || weight === null ? null : { version, weight },
    description: row.description,
    revisionId: row.revision_id,
  };
}
