import { functionArn } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import { findAlias, saveAlias } from "../../../store/lambda/aliases.ts";
import type { Permission } from "../../../store/lambda/permissions.ts";
import { findVersion, LATEST, saveVersion } from "../../../store/lambda/versions.ts";
import type { Database } from "../../../store/schema.ts";
import { isVersion } from "../checks/found.ts";
import type { NamedFunction } from "../checks/function-name.ts";
import { functionNotFound } from "../checks/lambda-faults.ts";

/** A statement in IAM's grammar, as AWS shows it. */
export function statementView(
  { statementId, statement, functionName, qualifier }: Permission,
  scope: ArnScope,
): object {
  const { action, principal, sourceArn, sourceAccount } = statement;
  const condition = {
    ...(sourceAccount !== null && { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
    ...(sourceArn !== null && { ArnLike: { "AWS:SourceArn": sourceArn } }),
  };
  return {
    Sid: statementId,
    Effect: "Allow",
    Principal: { Service: principal },
    Action: action,
    Resource: functionArn(scope, functionName, qualifier === "" ? undefined : qualifier),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

export function policyView(permissions: readonly Permission[], scope: ArnScope): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: "default",
    Statement: permissions.map((permission) => statementView(permission, scope)),
  });
}

/** Of what the policy is for: an alias, a version, or without a qualifier `$LATEST`. A policy has none of its own. */
export async function requireRevisionId(
  db: Kysely<Database>,
  { functionName, qualifier = LATEST }: NamedFunction,
  scope: ArnScope,
): Promise<string> {
  const found = isVersion(qualifier)
    ? await findVersion(db, { functionName, version: qualifier })
    : await findAlias(db, { functionName, aliasName: qualifier });
  if (!found) throw functionNotFound(scope, functionName, qualifier === LATEST ? undefined : qualifier);
  return found.revisionId;
}

/** After its policy was changed. */
export async function setRevisionId(
  db: Kysely<Database>,
  { functionName, qualifier = LATEST }: NamedFunction,
  revisionId: string,
): Promise<void> {
  if (isVersion(qualifier)) {
    const version = await findVersion(db, { functionName, version: qualifier });
    if (version) await saveVersion(db, { ...version, revisionId });
    return;
  }
  const alias = await findAlias(db, { functionName, aliasName: qualifier });
  if (alias) await saveAlias(db, { ...alias, revisionId });
}
