import { type SqlBool, sql } from "kysely";
import { compiledQuery } from "./compiled-query.ts";
import type { DeploymentRow } from "./deployments.ts";
import type { Store } from "./open-store.ts";

/** All that are not over, the oldest first. */
export async function activeDeployments(db: Store["db"]): Promise<DeploymentRow[]> {
  const { rows } = await notOver(db, {});
  // Asked for an order, SQLite would go through all deployments by their times.
  return rows.toSorted(
    (one, other) => one.created_at - other.created_at || (one.deployment_id < other.deployment_id ? -1 : 1),
  );
}

/** Written out, so that both databases see that the partial index will do. */
const notOver = compiledQuery((db) => db.selectFrom("deployments").selectAll().where(sql<SqlBool>`active = 1`));
