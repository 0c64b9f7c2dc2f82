import { type SqlBool, sql } from "kysely";
import type { DeploymentRow } from "./deployments.ts";
import type { Store } from "./open-store.ts";

/** All that are not over, the oldest first. Written out, so that both databases see that a partial index will do. */
export async function activeDeployments(db: Store["db"]): Promise<DeploymentRow[]> {
  return db
    .selectFrom("deployments")
    .selectAll()
    .where(sql<SqlBool>`active = 1`)
    .orderBy("created_at")
    .orderBy("deployment_id")
    .execute();
}
