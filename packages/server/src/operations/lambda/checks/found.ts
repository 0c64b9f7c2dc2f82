import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { findAlias } from "../../../store/lambda/aliases.ts";
import { type FunctionRow, findFunction, lockFunction } from "../../../store/lambda/functions.ts";
import { type FunctionVersion, findVersion, LATEST } from "../../../store/lambda/versions.ts";
import type { Database } from "../../../store/schema.ts";
import type { NamedFunction } from "./function-name.ts";
import { functionNotFound } from "./lambda-faults.ts";

export async function requireFunction(
  db: Kysely<Database>,
  functionName: string,
  scope: ArnScope,
): Promise<FunctionRow> {
  const row = await findFunction(db, functionName);
  if (!row) throw functionNotFound(scope, functionName);
  return row;
}

/** Held until the transaction ends. */
export async function requireLockedFunction(
  transaction: WriteTransaction,
  functionName: string,
  scope: ArnScope,
): Promise<FunctionRow> {
  const row = await lockFunction(transaction, functionName);
  if (!row) throw functionNotFound(scope, functionName);
  return row;
}

export async function requireVersion(
  db: Kysely<Database>,
  functionName: string,
  version: string,
  scope: ArnScope,
): Promise<FunctionVersion> {
  const found = await findVersion(db, { functionName, version });
  if (!found) throw functionNotFound(scope, functionName, version);
  return found;
}

export function isVersion(qualifier: string): boolean {
  return qualifier === LATEST || /^\d+$/.test(qualifier);
}

/** What a qualifier names: a version, or the one that an alias names first. None: `$LATEST`. */
export async function requireQualified(
  db: Kysely<Database>,
  { functionName, qualifier = LATEST }: NamedFunction,
  scope: ArnScope,
): Promise<FunctionVersion> {
  if (isVersion(qualifier)) return requireVersion(db, functionName, qualifier, scope);
  const alias = await findAlias(db, { functionName, aliasName: qualifier });
  if (!alias) throw functionNotFound(scope, functionName, qualifier);
  return requireVersion(db, functionName, alias.version, scope);
}
