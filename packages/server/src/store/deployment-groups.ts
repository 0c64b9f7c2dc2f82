import { type ArnScope, deploymentGroupArn } from "@sluice/model/resource-arn.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { type Kysely, type Selectable, sql } from "kysely";
import { type DeploymentGroupFields, GROUP_FIELDS, TARGET_REVISION } from "./columns/group-columns.ts";
import { compiledQuery } from "./compiled-query.ts";
import { removeDeploymentsOfGroup } from "./deployment-history.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { clearResourceTags, moveResourceTags } from "./resource-tags.ts";
import type { Database, DeploymentGroupsTable } from "./schema.ts";

export type DeploymentGroupRow = Selectable<DeploymentGroupsTable>;

export async function findDeploymentGroup(
  db: Kysely<Database>,
  applicationId: string,
  name: string,
): Promise<DeploymentGroupRow | undefined> {
  const { rows } = await oneGroup(db, { applicationId, name });
  return rows[0];
}

const oneGroup = compiledQuery(
  (db, { applicationId, name }: { readonly applicationId: string; readonly name: string }) =>
    db
      .selectFrom("deployment_groups")
      .selectAll()
      .where("application_id", "=", applicationId)
      .where("deployment_group_name", "=", name),
);

/** Read again and kept until the transaction ends, so that of two changes at once the second is made to what the first left. */
export async function lockDeploymentGroup(
  { db, dialect }: WriteTransaction,
  deploymentGroupId: string,
): Promise<DeploymentGroupRow | undefined> {
  const query = db.selectFrom("deployment_groups").selectAll().where("deployment_group_id", "=", deploymentGroupId);
  return (dialect === "postgres" ? query.forUpdate() : query).executeTakeFirst();
}

export async function findDeploymentGroups(
  db: Kysely<Database>,
  applicationId: string,
  names: readonly string[],
): Promise<DeploymentGroupRow[]> {
  return db
    .selectFrom("deployment_groups")
    .selectAll()
    .where("application_id", "=", applicationId)
    .where("deployment_group_name", "in", names)
    .execute();
}

/** In the order of their names, from the first that comes after `after`. */
export async function listDeploymentGroupNames(
  db: Kysely<Database>,
  applicationId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom("deployment_groups")
    .select("deployment_group_name")
    .where("application_id", "=", applicationId)
    .where("deployment_group_name", ">", after)
    .orderBy("deployment_group_name")
    .limit(limit)
    .execute();
  return rows.map((row) => row.deployment_group_name);
}

export async function deploymentGroupsOfApplication(
  db: Kysely<Database>,
  applicationId: string,
): Promise<DeploymentGroupRow[]> {
  return db.selectFrom("deployment_groups").selectAll().where("application_id", "=", applicationId).execute();
}

export async function deploymentGroupById(
  db: Kysely<Database>,
  deploymentGroupId: string,
): Promise<DeploymentGroupRow | undefined> {
  return db
    .selectFrom("deployment_groups")
    .selectAll()
    .where("deployment_group_id", "=", deploymentGroupId)
    .executeTakeFirst();
}

export interface DeploymentGroupName {
  readonly deploymentGroupId: string;
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

/** Every group of every application, by their names. */
export async function listDeploymentGroupsWithNames(db: Kysely<Database>): Promise<DeploymentGroupName[]> {
  return db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .select(["deployment_group_id as deploymentGroupId", "application_name as applicationName"])
    .select("deployment_group_name as deploymentGroupName")
    .orderBy("application_name")
    .orderBy("deployment_group_name")
    .execute();
}

/** The names of an application's groups, by the key of the revision that each of them has now. */
export async function groupNamesByTargetRevision(
  db: Kysely<Database>,
  applicationId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db
    .selectFrom("deployment_groups")
    .select(["deployment_group_id", "deployment_group_name"])
    .select((expression) => expression.ref("target_revision_json").$notNull().as("target_revision_json"))
    .where("application_id", "=", applicationId)
    .where("target_revision_json", "is not", null)
    .orderBy("deployment_group_name")
    .execute();
  const names = new Map<string, string[]>();
  for (const row of rows) {
    const key = revisionKey(TARGET_REVISION.read(row));
    names.set(key, [...(names.get(key) ?? []), row.deployment_group_name]);
  }
  return names;
}

/** A group of whatever application that a configuration serves; undefined when it serves none. */
export async function groupUsingConfig(
  db: Kysely<Database>,
  deploymentConfigName: string,
): Promise<{ readonly applicationName: string; readonly deploymentGroupName: string } | undefined> {
  return db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .select(["application_name as applicationName", "deployment_group_name as deploymentGroupName"])
    .where("deployment_config_name", "=", deploymentConfigName)
    .executeTakeFirst();
}

/** Every group of applications on hosts, with its application's name. */
export async function listServerGroups(
  db: Kysely<Database>,
): Promise<readonly (DeploymentGroupRow & { readonly application_name: string })[]> {
  return db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .selectAll("deployment_groups")
    .select("application_name")
    .where("compute_platform", "=", "Server")
    .orderBy("application_name")
    .orderBy("deployment_group_name")
    .execute();
}

export interface GroupWithFields extends DeploymentGroupName {
  readonly fields: DeploymentGroupFields;
}

export async function listEcsGroups(db: Kysely<Database>): Promise<GroupWithFields[]> {
  return withFields(await groupsWithFields(db).where("compute_platform", "=", "ECS").execute());
}

export async function listGroupsWithAutoScaling(db: Kysely<Database>): Promise<GroupWithFields[]> {
  return withFields(
    await groupsWithFields(db).where(sql<string>`fields_json`, "like", '%"autoScalingGroups":["%').execute(),
  );
}

function groupsWithFields(db: Kysely<Database>) {
  return db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .select(["deployment_group_id", "application_name", "deployment_group_name", "fields_json"]);
}

type FieldsRow = Awaited<ReturnType<ReturnType<typeof groupsWithFields>["execute"]>>[number];

function withFields(rows: readonly FieldsRow[]): GroupWithFields[] {
  return rows.map((row) => ({
    deploymentGroupId: row.deployment_group_id,
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    fields: GROUP_FIELDS.read(row),
  }));
}

export async function countDeploymentGroups(db: Kysely<Database>, applicationId: string): Promise<number> {
  const row = await db
    .selectFrom("deployment_groups")
    .select((expression) => expression.fn.countAll().as("count"))
    .where("application_id", "=", applicationId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertDeploymentGroup(db: Kysely<Database>, row: DeploymentGroupRow): Promise<void> {
  await db.insertInto("deployment_groups").values(row).execute();
}

/** The name, the configuration and the fields. A new name moves the tags and the history along. */
export async function updateDeploymentGroup(
  db: Kysely<Database>,
  scope: ArnScope,
  applicationName: string,
  change: { readonly before: DeploymentGroupRow; readonly after: DeploymentGroupRow },
): Promise<void> {
  const { before, after } = change;
  const { deployment_group_name, deployment_config_name, fields_json } = after;
  await db
    .updateTable("deployment_groups")
    .set({ deployment_group_name, deployment_config_name, fields_json })
    .where("deployment_group_id", "=", before.deployment_group_id)
    .execute();
  if (deployment_group_name === before.deployment_group_name) return;
  await db
    .updateTable("deployments")
    .set({ deployment_group_name })
    .where("deployment_group_id", "=", before.deployment_group_id)
    .execute();
  await moveResourceTags(
    db,
    deploymentGroupArn(scope, applicationName, before.deployment_group_name),
    deploymentGroupArn(scope, applicationName, deployment_group_name),
  );
}

/** The group with its deployments, what it remembers of its hosts, and its tags. */
export async function removeDeploymentGroup(
  transaction: WriteTransaction,
  scope: ArnScope & { readonly now: () => number },
  applicationName: string,
  group: Pick<DeploymentGroupRow, "deployment_group_id" | "deployment_group_name">,
): Promise<string[]> {
  const { deployment_group_id: id, deployment_group_name: name } = group;
  const { db } = transaction;
  const deploymentIds = await removeDeploymentsOfGroup(transaction, id, scope.now());
  await db.deleteFrom("group_hosts").where("deployment_group_id", "=", id).execute();
  await clearResourceTags(db, deploymentGroupArn(scope, applicationName, name));
  await db.deleteFrom("deployment_groups").where("deployment_group_id", "=", id).execute();
  return deploymentIds;
}
