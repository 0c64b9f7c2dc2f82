import { applyToTarget } from "@sluice/engine/apply.ts";
import type { TargetEvent } from "@sluice/engine/event.ts";
import { MISSED_HEARTBEATS_UNTIL_LOST } from "@sluice/engine/limits.ts";
import { parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { lockDeployments } from "../store/deployments.ts";
import { appendEvents } from "../store/events.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { loadCommandsOfHost, loadSomeTargets, updateTargets } from "../store/targets.ts";
import type { ChangeFeed } from "./change-feed.ts";

export interface HeartbeatDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly feed: ChangeFeed;
}

/**
 * Holds a heartbeat's list of commands against what the host acknowledged. A command that two heartbeats in a row do not list was lost
 * with an agent that forgot it; the planner then fails it. One heartbeat may have crossed an acknowledgement on the way, so one
 * proves nothing.
 */
export async function receiveHeartbeat(
  hostId: string,
  heldCommands: readonly string[],
  dependencies: HeartbeatDependencies,
): Promise<void> {
  const { store } = dependencies;
  const acknowledged = await loadCommandsOfHost(store, hostId, "acknowledged");
  const held = new Set(heldCommands.map(commandName));
  for (const { deploymentId, target } of acknowledged) {
    if (!target.command) continue;
    const isHeld = held.has(`${deploymentId}/${target.command.event}/${target.command.attempt}`);
    if (isHeld && target.command.missedHeartbeats === 0) continue;
    await store.write((transaction) =>
      countHeartbeat(transaction, deploymentId, hostId, isHeld, target.command, dependencies),
    );
  }
}

async function countHeartbeat(
  transaction: WriteTransaction,
  deploymentId: string,
  hostId: string,
  isHeld: boolean,
  seen: { readonly event: string; readonly attempt: number } | null,
  { now, feed }: HeartbeatDependencies,
): Promise<void> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  const [target] = await loadSomeTargets(transaction, deploymentId, [hostId]);
  const command = target?.command;
  // Completed in the meantime: nothing is missing.
  if (!row || !target || !command || command.event !== seen?.event || command.attempt !== seen.attempt) return;
  const missed = isHeld ? 0 : command.missedHeartbeats + 1;
  const event: TargetEvent = { type: "heartbeatMissed", targetId: hostId, event: command.event, missed };
  const at = now();
  await updateTargets(transaction, deploymentId, [applyToTarget(target, event, at)]);
  const lastSequence = await appendEvents(transaction, deploymentId, row.last_sequence, [event], at);
  const isDue = missed >= MISSED_HEARTBEATS_UNTIL_LOST;
  await transaction.db
    .updateTable("deployments")
    .set({ last_sequence: lastSequence, wake_at: isDue ? at : row.wake_at })
    .where("deployment_id", "=", deploymentId)
    .execute();
  transaction.afterCommit(() => feed.publish({ deploymentId, offered: [], hasEvents: true, isDue }));
}

/** Offers of one command are the same command here. */
function commandName(identifier: string): string {
  const key = parseHostCommandIdentifier(identifier);
  return key ? `${key.deploymentId}/${key.event}/${key.attempt}` : identifier;
}
