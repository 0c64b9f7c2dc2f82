import { type Kysely, type Selectable, sql } from "kysely";
import { FUNCTION_CONFIGURATION, type FunctionConfiguration } from "../columns/lambda-columns.ts";
import type { Database } from "../schema.ts";
import type { LambdaVersionsTable } from "./lambda-tables.ts";
import { removePolicy } from "./permissions.ts";

/** The version that is changed; all others stay as they were published. */
export const LATEST = "$LATEST";

export interface VersionName {
  readonly functionName: string;
  /** `$LATEST`, or digits. */
  readonly version: string;
}

/** One version of a function, with what its code is run by. */
export interface FunctionVersion extends VersionName {
  /** Hex, of the zip. */
  readonly codeSha256: string;
  readonly codeBytes: number;
  readonly configuration: FunctionConfiguration;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  readonly revisionId: string;
}

/** `$LATEST` is 0, so that it comes first. */
export const versionNumber = sql<number>`CASE WHEN version = ${sql.lit(LATEST)} THEN 0 ELSE CAST(version AS integer) END`;

export async function findVersion(
  db: Kysely<Database>,
  { functionName, version }: VersionName,
): Promise<FunctionVersion | undefined> {
  const row = await db
    .selectFrom("lambda_versions")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && versionOf(row);
}

/** `$LATEST` and then in the order in which they were published, from the first that comes after number `after`; -1: from the start. */
export async function listVersions(
  db: Kysely<Database>,
  functionName: string,
  after: number,
  limit: number,
): Promise<FunctionVersion[]> {
  const rows = await db
    .selectFrom("lambda_versions")
    .selectAll()
    .where("function_name", "=", functionName)
    .where(versionNumber, ">", after)
    .orderBy(versionNumber)
    .limit(limit)
    .execute();
  return rows.map(versionOf);
}

/** The one that was published last, of those that are there. */
export async function newestPublished(
  db: Kysely<Database>,
  functionName: string,
): Promise<FunctionVersion | undefined> {
  const row = await db
    .selectFrom("lambda_versions")
    .selectAll()
    .where("function_name", "=", functionName)
    .where("version", "!=", LATEST)
    .orderBy(versionNumber, "desc")
    .limit(1)
    .executeTakeFirst();
  return row && versionOf(row);
}

/** With `$LATEST`. */
export async function countVersions(db: Kysely<Database>, functionName: string): Promise<number> {
  const row = await db
    .selectFrom("lambda_versions")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("function_name", "=", functionName)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Of all functions, in the order of names and then of numbers. `after` null: from the start. */
export async function listAllVersions(
  db: Kysely<Database>,
  after: { readonly functionName: string; readonly number: number } | null,
  limit: number,
): Promise<FunctionVersion[]> {
  let query = db.selectFrom("lambda_versions").selectAll();
  if (after) {
    query = query.where(({ or, and, eb }) =>
      or([
        eb("function_name", ">", after.functionName),
        and([eb("function_name", "=", after.functionName), eb(versionNumber, ">", after.number)]),
      ]),
    );
  }
  const rows = await query.orderBy("function_name").orderBy(versionNumber).limit(limit).execute();
  return rows.map(versionOf);
}

/** New, or instead of the one with its name. */
export async function saveVersion(db: Kysely<Database>, version: FunctionVersion): Promise<void> {
  const row: Selectable<LambdaVersionsTable> = {
    function_name: version.functionName,
    version: version.version,
    code_sha256: version.codeSha256,
    code_bytes: version.codeBytes,
    configuration_json: FUNCTION_CONFIGURATION.write(version.configuration),
    modified_at: version.modifiedAt,
    revision_id: version.revisionId,
  };
  await db
    .insertInto("lambda_versions")
    .values(row)
    .onConflict((conflict) => conflict.columns(["function_name", "version"]).doUpdateSet(row))
    .execute();
}

export async function removeVersion(db: Kysely<Database>, { functionName, version }: VersionName): Promise<void> {
  await removePolicy(db, { functionName, qualifier: version });
  await db
    .deleteFrom("lambda_versions")
    .where("function_name", "=", functionName)
    .where("version", "=", version)
    .execute();
}

/** The digests of all code that a version is made of, with their bytes. */
export async function namedCode(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom("lambda_versions")
    .select(["code_sha256", "code_bytes"])
    .distinct()
    .orderBy("code_sha256")
    .execute();
  return new Map(rows.map((row) => [row.code_sha256, row.code_bytes]));
}

function versionOf(row: Selectable<LambdaVersionsTable>): FunctionVersion {
  return {
    functionName: row.function_name,
    version: row.version,
    codeSha256: row.code_sha256,
    codeBytes: row.code_bytes,
    configuration: FUNCTION_CONFIGURATION.read(row),
    modifiedAt: row.modified_at,
    revisionId: row.revision_id,
  };
}
