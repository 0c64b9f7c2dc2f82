import { ROLLED_BACK, type RolledBack } from "./columns/group-columns.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";

export interface RolledBackGroup extends RolledBack {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  /** How the rollback stands: its status, as GetDeployment gives it. */
  readonly rollbackStatus: string;
}

export async function markRolledBack({ db }: WriteTransaction, groupId: string, rolledBack: RolledBack): Promise<void> {
  await db
    .updateTable("deployment_groups")
    .set({ rolled_back_json: ROLLED_BACK.write(rolledBack) })
    .where("deployment_group_id", "=", groupId)
    .execute();
}

/** False when the group was not rolled back, or does not exist. */
export async function acknowledgeRollback({ db }: WriteTransaction, groupId: string): Promise<boolean> {
  const result = await db
    .updateTable("deployment_groups")
    .set({ rolled_back_json: null })
    .where("deployment_group_id", "=", groupId)
    .where("rolled_back_json", "is not", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Every group that was rolled back and not put right since, by application and name. */
export async function listRolledBackGroups({ db }: Pick<Store, "db">): Promise<RolledBackGroup[]> {
  const rows = await db
    .selectFrom("deployment_groups")
    .innerJoin("applications", "applications.application_id", "deployment_groups.application_id")
    .select(["application_name", "deployment_group_id", "deployment_group_name"])
    .select((expression) => expression.ref("rolled_back_json").$notNull().as("rolled_back_json"))
    .where("rolled_back_json", "is not", null)
    .orderBy("application_name")
    .orderBy("deployment_group_name")
    .execute();
  const groups = rows.map((row) => ({
    applicationName: row.application_name,
    deploymentGroupName: row.deployment_group_name,
    ...ROLLED_BACK.read(row),
  }));
  const statuses = await statusesOf(
    { db },
    groups.map((group) => group.rollbackDeploymentId),
  );
  return groups.map((group) => ({ ...group, rollbackStatus: statuses.get(group.rollbackDeploymentId) ?? "Unknown" }));
}

async function statusesOf({ db }: Pick<Store, "db">, deploymentIds: readonly string[]): Promise<Map<string, string>> {
  if (deploymentIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("deployments")
    .select(["deployment_id", "status"])
    .where("deployment_id", "in", deploymentIds)
    .execute();
  return new Map(rows.map((row) => [row.deployment_id, row.status]));
}
