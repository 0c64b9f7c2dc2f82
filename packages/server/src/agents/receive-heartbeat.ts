import { applyToTarget } from "@sluice/engine/apply.ts";
import type { TargetEvent } from "@sluice/engine/event.ts";
import type { HeardTime } from "@sluice/engine/heard-time.ts";
import { MISSED_HEARTBEATS_UNTIL_LOST } from "@sluice/engine/time-limits.ts";
import { parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { commitEvents } from "../store/commit-events.ts";
import { lockDeployments } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { loadCommandsOfHost, loadSomeTargets } from "../store/targets.ts";

/**
 * A heartbeat may be so old when it is looked at, where the server hears: its host gave it up after 4 s, and what proves that the server hears
 * was answered within 3 s. What is older lay in a queue while the server stood still, and knows nothing of what was acknowledged since.
 */
export const MAX_HEARTBEAT_AGE_MILLISECONDS = 8_000;
/** Between two proofs of hearing, at most. */
const MAX_PROOF_AGE_MILLISECONDS = 5_000;

export interface HeartbeatDependencies {
  readonly store: Store;
  readonly hosts: Pick<HostObserver, "heardTime">;
  readonly now: () => number;
  readonly feed: ChangeFeed;
}

/**
 * Holds a heartbeat's list of commands against what the host acknowledged. A command that two heartbeats in a row do not list was lost
 * with an agent that forgot it; the planner then fails it. One heartbeat may have crossed an acknowledgement on the way, so one
 * proves nothing; and neither do the many that lay in a queue together.
 */
export async function receiveHeartbeat(
  hostId: string,
  heldCommands: readonly string[],
  receivedAt: number,
  dependencies: HeartbeatDependencies,
): Promise<void> {
  const { store } = dependencies;
  const acknowledged = await loadCommandsOfHost(store, hostId, "acknowledged");
  const held = new Set(heldCommands.map(commandName));
  const heldOffers = new Set(heldCommands.map(offerName));
  const mayBeOld = !hasHeardSince(dependencies.hosts.heardTime(), receivedAt);
  for (const { deploymentId, target } of acknowledged) {
    const acknowledgedAt = target.command?.acknowledgedAt ?? null;
    // A heartbeat that waited for its turn, or for the database, tells of the time before it.
    if (!target.command || acknowledgedAt === null || acknowledgedAt > receivedAt) continue;
    // It came with the answer to a completion that the host is still waiting for: said again, that is answered alike.
    const isOnItsWay = heldOffers.has(`${deploymentId}/${target.command.acknowledgedOffer}`);
    const isHeld = isOnItsWay || held.has(`${deploymentId}/${target.command.event}/${target.command.attempt}`);
    if (isHeld && target.command.missedHeartbeats === 0) continue;
    if (!isHeld && (mayBeOld || acknowledgedAt > receivedAt - MAX_HEARTBEAT_AGE_MILLISECONDS)) continue;
    await store.write((transaction) =>
      countHeartbeat(transaction, deploymentId, hostId, isHeld, target.command, dependencies),
    );
  }
}

/** Whether the server heard all the time in which the heartbeat may have been on its way. */
function hasHeardSince(heard: HeardTime, receivedAt: number): boolean {
  const last = heard.at(-1);
  return (
    last !== undefined &&
    last.from <= receivedAt - MAX_HEARTBEAT_AGE_MILLISECONDS &&
    last.until >= receivedAt - MAX_PROOF_AGE_MILLISECONDS
  );
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
  const isDue = missed >= MISSED_HEARTBEATS_UNTIL_LOST;
  await commitEvents(transaction, row, {
    targets: [applyToTarget(target, event, at)],
    events: [event],
    effects: [],
    wakeAt: isDue ? at : row.wake_at,
    at,
  });
  transaction.afterCommit(() => feed.publish({ deploymentId, offered: [], hasEvents: true, isDue }));
}

/** By which a host has a command, and those that came with the answers to its completions. */
function offerName(identifier: string): string {
  const key = parseHostCommandIdentifier(identifier);
  return key ? `${key.deploymentId}/${key.offer}` : identifier;
}

/** Offers of one command are the same command here. */
function commandName(identifier: string): string {
  const key = parseHostCommandIdentifier(identifier);
  return key ? `${key.deploymentId}/${key.event}/${key.attempt}` : identifier;
}
