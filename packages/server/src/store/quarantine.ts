import type { TargetState } from "@sluice/engine/state.ts";
import { type DeploymentHead, lockDeployments, readHead, saveHead } from "./deployments.ts";
import { appendEvents } from "./events.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { recordAttempts } from "./group-hosts.ts";
import { loadTargets, updateTargets } from "./targets.ts";

/**
 * Ends a deployment after a bug of ours: no plan, no command, its group free for the next one. What its hosts did last stays as it
 * stands; nobody knows better.
 */
export async function quarantine(
  transaction: WriteTransaction,
  deploymentId: string,
  reason: string,
  at: number,
): Promise<void> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (row?.active !== 1) return;
  const error = {
    code: "INTERNAL_ERROR",
    message: `The deployment was ended by an error of Sluice itself: ${reason}. Its hosts are as their last events left them; please report this with the server's log.`,
  };
  const head: DeploymentHead = { ...readHead(row), status: "Failed", completedAt: at, error };
  const event = { type: "deploymentFailed", error } as const;
  const lastSequence = await appendEvents(transaction, deploymentId, row.last_sequence, [event], at);
  await saveHead(transaction, { head, lastSequence, wakeAt: null });
  await transaction.db
    .updateTable("deployments")
    .set({ quarantined: reason })
    .where("deployment_id", "=", deploymentId)
    .execute();
  const targets = ((await loadTargets(transaction, deploymentId)) ?? []).map((target) => setAside(target, at));
  await updateTargets(transaction, deploymentId, targets);
  await recordAttempts(transaction, row, targets);
}

/**
 * What runs on a host at this moment ends as Unknown, and what has not begun, or waits for traffic that does not come, as Skipped:
 * whatever the bug was, nothing more is claimed.
 */
function setAside(target: TargetState, at: number): TargetState {
  const isIdle = target.status === "Pending" || target.status === "Ready";
  if (!isIdle && target.status !== "InProgress") return target;
  return {
    ...target,
    status: isIdle ? "Skipped" : "Unknown",
    command: null,
    updatedAt: at,
    lifecycleEvents: target.lifecycleEvents.map((event) => {
      if (event.status !== "Pending" && event.status !== "InProgress") return event;
      return { ...event, status: event.status === "Pending" ? "Skipped" : "Unknown", endedAt: at };
    }),
  };
}
