import type { ChangeFeed } from "../store/change-feed.ts";
import type { Store } from "../store/open-store.ts";

export interface WakeDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly feed: ChangeFeed;
}

/** A host is gone or back: deployments in which it has something to do are planned at once, not when its grace has passed. */
export async function wakeDeploymentsOfHost(hostId: string, { store, now, feed }: WakeDependencies): Promise<void> {
  const rows = await store.db
    .selectFrom("targets")
    .select("deployment_id")
    .where("target_id", "=", hostId)
    .where("type", "=", "host")
    .where("command_state", "is not", null)
    .execute();
  if (rows.length === 0) return;
  const deploymentIds = rows.map((row) => row.deployment_id);
  await store.write(async ({ db, afterCommit }) => {
    await db
      .updateTable("deployments")
      .set({ wake_at: now() })
      .where("deployment_id", "in", deploymentIds)
      .where("active", "=", 1)
      .execute();
    afterCommit(() => {
      for (const deploymentId of deploymentIds)
        feed.publish({ deploymentId, offered: [], hasEvents: false, isDue: true });
    });
  });
}
