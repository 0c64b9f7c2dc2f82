import { apply } from "@sluice/engine/apply.ts";
import { hostTargets } from "@sluice/engine/host-targets.ts";
import type { Observation, TargetResolution } from "@sluice/engine/observation.ts";
import { plan } from "@sluice/engine/plan.ts";
import { type DeploymentState, isTerminal, type TargetState } from "@sluice/engine/state.ts";
import { watchedEffects } from "@sluice/engine/strategies/rollouts.ts";
import { InvariantViolation } from "@sluice/model/invariant.ts";
import type { AlarmWatch } from "../alarms/alarm-watch.ts";
import type { HostObserver } from "../hosts/host-observer.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { commitEvents } from "../store/commit-events.ts";
import { lockDeployments, readHead } from "../store/deployments.ts";
import { loadEffectOutcome, loadEffectReports } from "../store/effects.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { loadTargets } from "../store/targets.ts";
import { quarantine } from "./quarantine.ts";
import { recordOutcome } from "./record-outcome.ts";
import { startRollback } from "./start-rollback.ts";

export interface PlanningDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly hosts: HostObserver;
  readonly alarms: Pick<AlarmWatch, "observe">;
  readonly feed: ChangeFeed;
  readonly newDeploymentId: () => string;
  readonly onQuarantine: (deploymentId: string, error: InvariantViolation) => void;
}

/** One wake of one deployment: snapshot, plan, and everything that follows from it, in one transaction. */
export async function takeNextSteps(deploymentId: string, dependencies: PlanningDependencies): Promise<void> {
  try {
    await dependencies.store.write((transaction) => planInTransaction(transaction, deploymentId, dependencies));
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    await dependencies.store.write((transaction) =>
      quarantine(transaction, deploymentId, error.message, dependencies.now()),
    );
    dependencies.onQuarantine(deploymentId, error);
  }
}

async function planInTransaction(
  transaction: WriteTransaction,
  deploymentId: string,
  { now, hosts, alarms, feed, newDeploymentId }: PlanningDependencies,
): Promise<void> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (row?.active !== 1 || row.quarantined !== null) return;
  const before: DeploymentState = { ...readHead(row), targets: await loadTargets(transaction, deploymentId) };
  const at = now();
  const observation: Observation = {
    ...(await observe(transaction, before, hosts)),
    alarms: before.alarms === null ? undefined : alarms.observe(deploymentId),
  };
  const { events, effects, wakeAt } = plan(before, observation, at);
  const after = events.reduce((state, event) => apply(state, event, at), before);

  const changed = changedTargets(before.targets, after.targets);
  const { targets: _, ...head } = after;
  const areNewTargets = before.targets === null;
  await commitEvents(transaction, row, { head, targets: changed, areNewTargets, events, effects, wakeAt, at });
  await recordOutcome(transaction, row, after);
  const hasRollback = isTerminal(head.status) && (await startRollback(transaction, row, after, newDeploymentId, at));
  transaction.afterCommit(() =>
    feed.publish({
      deploymentId,
      offered: changed.filter(isNewlyOffered),
      hasEvents: events.length > 0,
      isDue: effects.length > 0 || hasRollback,
      hasEnded: isTerminal(head.status),
    }),
  );
}

async function observe(
  transaction: WriteTransaction,
  state: DeploymentState,
  hosts: HostObserver,
): Promise<Observation> {
  // Asked for until the targets are known, and not read again: it holds every host of the group.
  const resolution = state.targets ? undefined : await loadResolution(transaction, state.deploymentId);
  const targetIds = state.targets
    ? hostTargets(state).filter(isOpen).map(idOf)
    : resolution?.outcome === "resolved"
      ? [...resolution.candidates, ...(resolution.replacements ?? [])].map(idOf)
      : [];
  return {
    resolution,
    heard: hosts.heardTime(),
    hosts: await hosts.observe(transaction, targetIds),
    reports: await loadEffectReports(transaction, watchedEffects(state)),
  };
}

/** How the search for the targets ended; undefined: it goes on, or is wanted no longer. */
async function loadResolution(
  transaction: WriteTransaction,
  deploymentId: string,
): Promise<TargetResolution | undefined> {
  const outcome = await loadEffectOutcome(transaction, deploymentId, "resolveTargets");
  return outcome?.outcome === "superseded" ? undefined : outcome;
}

/** A command may be given to it, or is. */
function isOpen({ status }: TargetState): boolean {
  return status === "Pending" || status === "InProgress" || status === "Ready";
}

/** States are immutable, so a target that is another object has changed. */
function changedTargets(
  before: readonly TargetState[] | null,
  after: readonly TargetState[] | null,
): readonly TargetState[] {
  return (after ?? []).filter((target, index) => target !== before?.[index]);
}

function isNewlyOffered(target: TargetState): boolean {
  return target.command !== null && target.command.acknowledgedAt === null;
}

function idOf({ targetId }: { readonly targetId: string }): string {
  return targetId;
}
