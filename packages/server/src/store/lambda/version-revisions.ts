import type { Kysely } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { FunctionVersion } from "./versions.ts";

export type VersionRevision = Pick<FunctionVersion, "functionName" | "version" | "revisionId" | "codeSha256">;

/** Of all versions of these functions, what tells whether one has changed. */
export async function versionRevisions(db: Kysely<Database>, names: readonly string[]): Promise<VersionRevision[]> {
  const found: VersionRevision[] = [];
  for (const part of inListParts(names)) {
    const rows = await db
      .selectFrom("lambda_versions")
      .select(["function_name", "version", "revision_id", "code_sha256"])
      .where("function_name", "in", part)
      .execute();
    for (const { function_name: functionName, version, revision_id: revisionId, code_sha256: codeSha256 } of rows) {
      found.push({ functionName, version, revisionId, codeSha256 });
    }
  }
  return found;
}

export async function functionNames(db: Kysely<Database>): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("lambda_functions").select("function_name").execute();
  return new Set(rows.map((row) => row.function_name));
}
