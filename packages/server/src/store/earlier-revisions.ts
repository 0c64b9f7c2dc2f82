import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { ROLLBACK_CREATOR } from "@sluice/engine/rollback.ts";
import type { Kysely } from "kysely";
import type { DeploymentRow } from "./deployments.ts";
import type { Database } from "./schema.ts";
import { SUMMARY_COLUMNS, type SummaryRow } from "./summary-columns.ts";

/** Of a group's newest deployments: no index knows those that succeeded. */
const MAX_LOOKED = 500;

/** The group's successful deployments of other revisions than that one, the newest first, of each revision the newest. Ways back are not among them. */
export async function otherRevisionsOfGroup(
  db: Kysely<Database>,
  deploymentGroupId: string,
  revisionKey: string,
  limit: number,
): Promise<SummaryRow[]> {
  const newest = db
    .selectFrom("deployments")
    .select(SUMMARY_COLUMNS)
    .where("deployment_group_id", "=", deploymentGroupId)
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .limit(MAX_LOOKED);
  const rows = await db
    .selectFrom(newest.as("newest"))
    .selectAll()
    .where("status", "=", "Succeeded")
    .where("revision_key", "!=", revisionKey)
    .where("creator", "not in", [ROLLBACK_CREATOR, LATE_HOSTS_CREATOR])
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .execute();
  const byRevision = new Map<string, SummaryRow>();
  for (const row of rows) {
    if (byRevision.size === limit) break;
    if (!byRevision.has(row.revision_key)) byRevision.set(row.revision_key, row);
  }
  return [...byRevision.values()];
}

/** What a rollback from that deployment goes back to where it is not told. */
export async function lastRevisionBefore(
  db: Kysely<Database>,
  deployment: Pick<SummaryRow, "revision_key" | "created_at"> & { readonly deployment_group_id: string },
): Promise<Pick<SummaryRow, "deployment_id" | "revision_key" | "revision_json"> | undefined> {
  return db
    .selectFrom("deployments")
    .select(["deployment_id", "revision_key", "revision_json"])
    .where("deployment_group_id", "=", deployment.deployment_group_id)
    .where("created_at", "<", deployment.created_at)
    .where("status", "=", "Succeeded")
    .where("revision_key", "!=", deployment.revision_key)
    .where("creator", "not in", [ROLLBACK_CREATOR, LATE_HOSTS_CREATOR])
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Of one revision; some may not know what its bundle is. */
const MAX_OF_ONE_REVISION = 5;

/** The group's newest deployments of that revision, other than this one. */
export async function deploymentsOfRevision(
  db: Kysely<Database>,
  deployment: { readonly deployment_id: string; readonly deployment_group_id: string; readonly revision_key: string },
): Promise<Pick<DeploymentRow, "deployment_id" | "state_json">[]> {
  return db
    .selectFrom("deployments")
    .select(["deployment_id", "state_json"])
    .where("deployment_group_id", "=", deployment.deployment_group_id)
    .where("revision_key", "=", deployment.revision_key)
    .where("deployment_id", "!=", deployment.deployment_id)
    .orderBy("created_at", "desc")
    .orderBy("deployment_id", "desc")
    .limit(MAX_OF_ONE_REVISION)
    .execute();
}
