import { type ArnScope, applicationArn, deploymentGroupArn, parseCodeDeployArn } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** The tag of an application or a group that says what made it, as a stack of CloudFormation does. No operation of CodeDeploy sets such an id. */
export const EXTERNAL_ID_TAG = "sluice:external-id";

/** The ARNs of what has the id, letter for letter. */
export async function resourcesWithExternalId(db: Kysely<Database>, externalId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("resource_tags")
    .select("resource_arn")
    .where("tag_key", "=", EXTERNAL_ID_TAG)
    .where("tag_value", "=", externalId)
    .orderBy("resource_arn")
    .execute();
  return rows.map((row) => row.resource_arn);
}

/** The ids of these resources, by ARN; a resource without one is absent. */
export async function externalIdsOf(
  db: Kysely<Database>,
  arns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("resource_tags")
    .select(["resource_arn", "tag_value"])
    .where("tag_key", "=", EXTERNAL_ID_TAG)
    .where("resource_arn", "in", arns)
    .execute();
  return new Map(rows.map((row) => [row.resource_arn, row.tag_value]));
}

/** What a new deployment of the group is shown with: the group's id, else its application's. Null: neither has one. */
export async function externalIdOfGroup(
  db: Kysely<Database>,
  scope: ArnScope,
  applicationName: string,
  groupName: string,
): Promise<string | null> {
  const [group, application] = [
    deploymentGroupArn(scope, applicationName, groupName),
    applicationArn(scope, applicationName),
  ];
  const ids = await externalIdsOf(db, [group, application]);
  return ids.get(group) || ids.get(application) || null;
}

/** What an ARN under which tags are kept names. */
export function taggedResource(arn: string): { readonly applicationName: string; readonly groupName?: string } | null {
  const resource = parseCodeDeployArn(arn)?.resource;
  if (!resource || resource.type === "other") return null;
  const { applicationName } = resource;
  return resource.type === "application"
    ? { applicationName }
    : { applicationName, groupName: resource.deploymentGroupName };
}
