import type { DeploymentConfig } from "@sluice/model/deployment-config.ts";
import { predefinedDeploymentConfig } from "@sluice/model/predefined-deployment-configs.ts";
import type { Kysely, Selectable } from "kysely";
import { CONFIG_FIELDS } from "./columns/catalogue-columns.ts";
import type { Database, DeploymentConfigsTable } from "./schema.ts";

/** With its creation time (epoch milliseconds); the predefined ones have none. */
export interface StoredDeploymentConfig extends DeploymentConfig {
  readonly createdAt: number | null;
}

/** Predefined or custom. */
export async function findDeploymentConfig(
  db: Kysely<Database>,
  name: string,
): Promise<StoredDeploymentConfig | undefined> {
  const predefined = predefinedDeploymentConfig(name);
  if (predefined) return { ...predefined, createdAt: null };
  const row = await db
    .selectFrom("deployment_configs")
    .selectAll()
    .where("deployment_config_name", "=", name)
    .executeTakeFirst();
  return row && readConfig(row);
}

/** The custom ones, in the order of their names, from the first that comes after `after`. */
export async function listCustomConfigNames(db: Kysely<Database>, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("deployment_configs")
    .select("deployment_config_name")
    .where("deployment_config_name", ">", after)
    .orderBy("deployment_config_name")
    .limit(limit)
    .execute();
  return rows.map((row) => row.deployment_config_name);
}

export async function countCustomConfigs(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom("deployment_configs")
    .select((expression) => expression.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertDeploymentConfig(
  db: Kysely<Database>,
  config: DeploymentConfig,
  createdAt: number,
): Promise<void> {
  const { deploymentConfigId, deploymentConfigName, ...fields } = config;
  await db
    .insertInto("deployment_configs")
    .values({
      deployment_config_id: deploymentConfigId,
      deployment_config_name: deploymentConfigName,
      fields_json: CONFIG_FIELDS.write(fields),
      created_at: createdAt,
    })
    .execute();
}

export async function removeDeploymentConfig(db: Kysely<Database>, name: string): Promise<void> {
  await db.deleteFrom("deployment_configs").where("deployment_config_name", "=", name).execute();
}

function readConfig(row: Selectable<DeploymentConfigsTable>): StoredDeploymentConfig {
  return {
    ...CONFIG_FIELDS.read(row),
    deploymentConfigId: row.deployment_config_id,
    deploymentConfigName: row.deployment_config_name,
    createdAt: row.created_at,
  };
}
