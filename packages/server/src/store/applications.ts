import { type ArnScope, applicationArn } from "@sluice/model/resource-arn.ts";
import type { Kysely, Selectable } from "kysely";
import { compiledQuery } from "./compiled-query.ts";
import { deploymentGroupsOfApplication, removeDeploymentGroup } from "./deployment-groups.ts";
import { renameApplicationInDeployments } from "./deployment-history.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { clearResourceTags, moveApplicationTags } from "./resource-tags.ts";
import type { ApplicationsTable, Database } from "./schema.ts";

export type ApplicationRow = Selectable<ApplicationsTable>;

export async function findApplication(db: Kysely<Database>, name: string): Promise<ApplicationRow | undefined> {
  const { rows } = await oneApplication(db, { name });
  return rows[0];
}

const oneApplication = compiledQuery((db, { name }: { readonly name: string }) =>
  db.selectFrom("applications").selectAll().where("application_name", "=", name),
);

export async function findApplications(db: Kysely<Database>, names: readonly string[]): Promise<ApplicationRow[]> {
  return db.selectFrom("applications").selectAll().where("application_name", "in", names).execute();
}

export async function countApplications(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom("applications")
    .select((b) => b.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** In the order of their names, from the first that comes after `after`. */
export async function listApplicationNames(db: Kysely<Database>, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("applications")
    .select("application_name")
    .where("application_name", ">", after)
    .orderBy("application_name")
    .limit(limit)
    .execute();
  return rows.map((row) => row.application_name);
}

export async function insertApplication(db: Kysely<Database>, row: ApplicationRow): Promise<void> {
  await db.insertInto("applications").values(row).execute();
}

/** The tags move with the name, since they hang on the ARN; so does the history. */
export async function renameApplication(
  db: Kysely<Database>,
  scope: ArnScope,
  application: ApplicationRow,
  newName: string,
): Promise<void> {
  const { application_id: id, application_name: oldName } = application;
  await db.updateTable("applications").set({ application_name: newName }).where("application_id", "=", id).execute();
  await renameApplicationInDeployments(db, id, newName);
  const groups = await deploymentGroupsOfApplication(db, id);
  const groupNames = groups.map((group) => group.deployment_group_name);
  await moveApplicationTags(db, scope, { from: oldName, to: newName, groupNames });
}

/** The application with its groups, revisions, deployments and tags. */
export async function removeApplication(
  transaction: WriteTransaction,
  scope: ArnScope & { readonly now: () => number },
  application: ApplicationRow,
): Promise<string[]> {
  const { db } = transaction;
  const { application_id: id } = application;
  const deploymentIds: string[] = [];
  for (const group of await deploymentGroupsOfApplication(db, id)) {
    deploymentIds.push(...(await removeDeploymentGroup(transaction, scope, application.application_name, group)));
  }
  await db.deleteFrom("revisions").where("application_id", "=", id).execute();
  await clearResourceTags(db, applicationArn(scope, application.application_name));
  await db.deleteFrom("applications").where("application_id", "=", id).execute();
  return deploymentIds;
}
