import type { Strategy } from "@sluice/engine/state.ts";
import { insertNewDeployment } from "@sluice/server/store/new-deployment.ts";
import { Refused } from "../simulated-network.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import { revisionOf } from "./furnish-groups.ts";
import type { ShiftDeployment } from "./shift-scenario.ts";

export interface NewShift {
  /** What whoever asks calls it; the API finds an id of its own. */
  readonly deploymentId: string;
  readonly group: string;
  readonly revision: string;
  readonly strategy: Strategy;
  readonly deployment: ShiftDeployment;
}

/** As CreateDeployment will do it for functions: the API takes no deployments to Lambda yet. */
export async function createShift(
  { store, runner }: SimulatedServer,
  { deploymentId, group: groupName, revision, strategy, deployment }: NewShift,
  now: number,
): Promise<void> {
  const { rollbackEvents, watchesAlarm, ignoresPollFailure } = deployment;
  await store.write(async (transaction) => {
    const { db } = transaction;
    const application = await db.selectFrom("applications").selectAll().executeTakeFirstOrThrow();
    const group = await db
      .selectFrom("deployment_groups")
      .selectAll()
      .where("deployment_group_id", "=", groupName)
      .executeTakeFirstOrThrow();
    const active = await db
      .selectFrom("deployments")
      .select("deployment_id")
      .where("deployment_group_id", "=", groupName)
      .where("active", "=", 1)
      .executeTakeFirst();
    if (active) throw new Refused(`${groupName} deploys ${active.deployment_id}`);
    await insertNewDeployment(transaction, {
      deploymentId,
      application,
      group,
      creator: "user",
      revision: revisionOf(revision),
      strategy,
      alarms: watchesAlarm ? { names: [groupName], ignoresPollFailure } : null,
      request: {
        deploymentConfigName: group.deployment_config_name,
        fileExistsBehavior: "DISALLOW",
        ignoreApplicationStopFailures: false,
        updateOutdatedInstancesOnly: false,
        autoRollbackConfiguration:
          rollbackEvents === null ? { enabled: false } : { enabled: true, events: [...rollbackEvents] },
      },
      statusMessages: [],
      createdAt: now,
    });
    transaction.afterCommit(() => runner.wake());
  });
}
