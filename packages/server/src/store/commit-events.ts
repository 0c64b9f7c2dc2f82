import { apply } from "@sluice/engine/apply.ts";
import type { DeploymentEvent, Effect } from "@sluice/engine/event.ts";
import { endedAttempts } from "@sluice/engine/host-attempts.ts";
import { type DeploymentState, isTerminal, type TargetState } from "@sluice/engine/state.ts";
import type { DeploymentHead } from "./columns/deployment-columns.ts";
import { type DeploymentRow, readHead, saveHead, saveProgress } from "./deployments.ts";
import { insertEffects } from "./effects.ts";
import { appendEvents } from "./events.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { recordAttempts } from "./group-hosts.ts";
import { insertTargets, updateTargets } from "./targets.ts";

export interface EventCommit {
  /** The deployment as it is after the events; absent: the events are its targets' alone. */
  readonly head?: DeploymentHead | undefined;
  /** The targets that are other than they were; with `areNewTargets` all of them, in admission order, of which none is stored yet. */
  readonly targets: readonly TargetState[];
  readonly areNewTargets?: boolean | undefined;
  readonly events: readonly DeploymentEvent[];
  /** What the events ask the outside for. */
  readonly effects: readonly Effect[];
  /** When the deployment is to be looked at again; null: when something happens. Nobody looks at one that has ended. */
  readonly wakeAt: number | null;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
}

/**
 * The one door by which something happens to a deployment: its events, and all that follows from them. The row is locked, and was read
 * after it was, so that the events' numbers have no gap.
 */
export async function commitEvents(
  transaction: WriteTransaction,
  row: DeploymentRow,
  { head, targets, areNewTargets = false, events, effects, wakeAt, at }: EventCommit,
): Promise<void> {
  const { deployment_id: deploymentId } = row;
  if (areNewTargets) await insertTargets(transaction, deploymentId, targets);
  else await updateTargets(transaction, deploymentId, targets);
  await recordAttempts(transaction, row, endedAttempts(targets));
  await insertEffects(transaction, deploymentId, effects, at);
  const lastSequence = await appendEvents(transaction, deploymentId, row.last_sequence, events, at);
  if (head) await saveHead(transaction, { head, lastSequence, wakeAt: isTerminal(head.status) ? null : wakeAt });
  else await saveProgress(transaction, { deploymentId, lastSequence, wakeAt });
}

/** One event of the deployment as a whole, which concerns none of its targets. */
export async function commitHeadEvent(
  transaction: WriteTransaction,
  row: DeploymentRow,
  event: DeploymentEvent,
  commit: Pick<EventCommit, "at" | "wakeAt">,
): Promise<void> {
  await commitHeadEvents(transaction, row, [event], commit);
}

export async function commitHeadEvents(
  transaction: WriteTransaction,
  row: DeploymentRow,
  events: readonly DeploymentEvent[],
  { at, wakeAt }: Pick<EventCommit, "at" | "wakeAt">,
): Promise<void> {
  const before: DeploymentState = { ...readHead(row), targets: null };
  const { targets: _, ...head } = events.reduce((state, event) => apply(state, event, at), before);
  await commitEvents(transaction, row, { head, targets: [], events, effects: [], wakeAt, at });
}
