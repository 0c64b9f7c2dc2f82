import type { HostRules, TargetState } from "@sluice/engine/state.ts";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import type { DeploymentHead } from "../store/columns/deployment-columns.ts";
import { commitEvents } from "../store/commit-events.ts";
import { type DeploymentRow, lockDeployments, readHead } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import { recordAttemptsBegun } from "../store/group-hosts.ts";
import { firstHead } from "../store/new-deployment.ts";
import { loadReadableTargets, takeCommandsBack } from "../store/targets.ts";

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
    message: `The deployment was ended by an error of Sluice itself: ${reason}. What it deploys to is as its last events left it; please report this with the server's log.`,
  };
  await endUnfinished(transaction, row, error, at);
  await transaction.db
    .updateTable("deployments")
    .set({ quarantined: reason })
    .where("deployment_id", "=", deploymentId)
    .execute();
}

/** Ends a deployment as Failed where it stands, for a reason that is not its hosts'. */
export async function endUnfinished(
  transaction: WriteTransaction,
  row: DeploymentRow,
  error: NonNullable<DeploymentHead["error"]>,
  at: number,
): Promise<void> {
  const head: DeploymentHead = { ...headOf(row), status: "Failed", completedAt: at, error };
  const events = [{ type: "deploymentFailed", error } as const];
  const { readable, unreadable } = await loadReadableTargets(transaction, row.deployment_id);
  const targets = readable.map((target) => setAside(target, at));
  await commitEvents(transaction, row, { head, targets, events, effects: [], wakeAt: null, at });
  await takeCommandsBack(transaction, row.deployment_id, unreadable);
  await recordAttemptsBegun(transaction, row, unreadable);
}

/** Nobody plans by them any more: the deployment has ended. */
const UNKNOWN_RULES: HostRules = { healthRule: { type: "HOST_COUNT", value: 0 }, ignoreApplicationStopFailures: false };

/** Where the state itself is what cannot be read, as much of it as other columns know. */
function headOf(row: DeploymentRow): DeploymentHead {
  try {
    return readHead(row);
  } catch (error) {
    if (!(error instanceof UnreadableColumn)) throw error;
    const head = firstHead({
      deploymentId: row.deployment_id,
      group: row,
      strategy: { type: "in-place", hasTrafficControl: false, zones: null, ...UNKNOWN_RULES },
      alarms: null,
      statusMessages: [],
      createdAt: row.created_at,
    });
    return { ...head, startedAt: row.started_at };
  }
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
