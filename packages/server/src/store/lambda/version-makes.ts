import type { Kysely } from "kysely";
import { FUNCTION_CONFIGURATION } from "../columns/lambda-columns.ts";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { FunctionVersion } from "./versions.ts";

/** What the environments of a version are made of. Its RevisionId is none of it: a policy gives it another one, too. */
export interface VersionMake
  extends Pick<FunctionVersion, "functionName" | "version" | "codeSha256" | "configuration" | "modifiedAt"> {
  /** The function's user; null: it has none. */
  readonly uid: number | null;
}

/** Of all versions of these functions. */
export async function versionMakes(db: Kysely<Database>, names: readonly string[]): Promise<VersionMake[]> {
  const found: VersionMake[] = [];
  for (const part of inListParts(names)) {
    const rows = await db
      .selectFrom("lambda_versions as version")
      .innerJoin("lambda_functions as function", "function.function_name", "version.function_name")
      .select([
        "version.function_name",
        "version.version",
        "version.code_sha256",
        "version.configuration_json",
        "version.modified_at",
        "function.uid",
      ])
      .where("version.function_name", "in", part)
      .execute();
    for (const row of rows) {
      found.push({
        functionName: row.function_name,
        version: row.version,
        codeSha256: row.code_sha256,
        configuration: FUNCTION_CONFIGURATION.read(row),
        modifiedAt: row.modified_at,
        uid: row.uid,
      });
    }
  }
  return found;
}

export async function functionNames(db: Kysely<Database>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("lambda_functions").select("function_name").execute();
  return new Set(rows.map((row) => row.function_name));
}
