import type { Kysely } from "kysely";
import type { Database } from "../schema.ts";
import { LATEST, versionNumber } from "./versions.ts";

/** What a deployment can name of a function. */
export interface NamedFunction {
  readonly name: string;
  /** By name. */
  readonly aliases: readonly { readonly name: string; readonly version: string }[];
  /** Those that were published, the newest first. */
  readonly versions: readonly string[];
}

/** The first `limit` by name, with nothing of their configuration read. */
export async function listNamedFunctions(db: Kysely<Database>, limit: number): Promise<readonly NamedFunction[]> {
  const names = db.selectFrom("lambda_functions").select("function_name").orderBy("function_name").limit(limit);
  const functions = await names.execute();
  const aliases = await db
    .selectFrom("lambda_aliases")
    .select(["function_name", "alias_name", "version"])
    .orderBy("alias_name")
    .execute();
  const versions = await db
    .selectFrom("lambda_versions")
    .select(["function_name", "version"])
    .where("version", "!=", LATEST)
    .orderBy(versionNumber, "desc")
    .execute();
  const aliasesOf = Map.groupBy(aliases, (alias) => alias.function_name);
  const versionsOf = Map.groupBy(versions, (version) => version.function_name);
  return functions.map(({ function_name: name }) => ({
    name,
    aliases: (aliasesOf.get(name) ?? []).map(({ alias_name, version }) => ({ name: alias_name, version })),
    versions: (versionsOf.get(name) ?? []).map(({ version }) => version),
  }));
}
