import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";
import { SUMMARY_COLUMNS } from "./summary-columns.ts";

/** Every application with each of its groups, and each group with its newest deployment; applications without groups too. By their names. */
export async function overviewGroups(db: Kysely<Database>) {
  return db
    .selectFrom("applications")
    .leftJoin("deployment_groups", "deployment_groups.application_id", "applications.application_id")
    .leftJoin(
      "deployments as successful",
      "successful.deployment_id",
      "deployment_groups.last_successful_deployment_id",
    )
    .select(["applications.application_name", "applications.compute_platform"])
    .select(["deployment_groups.deployment_group_id", "deployment_groups.deployment_group_name"])
    .select(["deployment_groups.target_revision_json", "deployment_groups.rolled_back_json"])
    .select(["deployment_groups.last_attempted_deployment_id", "successful.completed_at as deployed_at"])
    .orderBy("applications.application_name")
    .orderBy("deployment_groups.deployment_group_name")
    .execute();
}

/** The newest deployments of all groups, by their ids. In one statement, however many groups there are. */
export async function lastDeployments(db: Kysely<Database>) {
  const rows = await db
    .selectFrom("deployment_groups")
    .innerJoin("deployments", "deployments.deployment_id", "deployment_groups.last_attempted_deployment_id")
    .select(SUMMARY_COLUMNS)
    .execute();
  return new Map(rows.map((row) => [row.deployment_id, row]));
}
