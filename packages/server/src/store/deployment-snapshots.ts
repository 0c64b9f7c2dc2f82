import type { Kysely } from "kysely";
import type { ApplicationRow } from "./applications.ts";
import { DEPLOYMENT_SNAPSHOT, type StoredSnapshot } from "./columns/console-columns.ts";
import { GROUP_FIELDS } from "./columns/group-columns.ts";
import { findDeploymentConfig } from "./deployment-configs.ts";
import type { DeploymentGroupRow } from "./deployment-groups.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { settingsOf } from "./group-settings.ts";
import type { Database } from "./schema.ts";

interface Taken {
  readonly deploymentId: string;
  readonly application: ApplicationRow;
  readonly group: DeploymentGroupRow;
  /** Of the deployment, which may be another than the group's. */
  readonly deploymentConfigName: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Keeps what the settings of a deployment's group are, in the transaction that creates the deployment. */
export async function takeSnapshot(
  { db }: Pick<WriteTransaction, "db">,
  { deploymentId, application, group, deploymentConfigName, at }: Taken,
): Promise<void> {
  const snapshot: StoredSnapshot = {
    applicationName: application.application_name,
    deploymentGroupName: group.deployment_group_name,
    deploymentGroupId: group.deployment_group_id,
    computePlatform: application.compute_platform,
    deploymentConfigName: group.deployment_config_name,
    fields: GROUP_FIELDS.read(group),
    deploymentConfig: (await findDeploymentConfig(db, deploymentConfigName)) ?? null,
    settings: settingsOf(group),
  };
  await db
    .insertInto("deployment_snapshots")
    .values({ deployment_id: deploymentId, taken_at: at, snapshot_json: DEPLOYMENT_SNAPSHOT.write(snapshot) })
    .execute();
}

/** Undefined: the deployment was created by a version that kept none, or there is no such deployment. */
export async function findSnapshot(
  db: Kysely<Database>,
  deploymentId: string,
): Promise<{ readonly takenAt: number; readonly snapshot: StoredSnapshot } | undefined> {
  const row = await db
    .selectFrom("deployment_snapshots")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirst();
  return row && { takenAt: Number(row.taken_at), snapshot: DEPLOYMENT_SNAPSHOT.read(row) };
}
