import type { Timers } from "../loops/timers.ts";
import { SESSION_IDLE_MILLISECONDS } from "../sessions/console-sessions.ts";
import { removeEndedUpgrade } from "../store/agent-upgrades.ts";
import { removeEndedSessions } from "../store/console-sessions.ts";
import { type DeploymentGroupName, listDeploymentGroupsWithNames } from "../store/deployment-groups.ts";
import { forgetInactiveServices } from "../store/ecs/expired-tasks.ts";
import { removeExpiredTemporaryKeys } from "../store/iam/temporary-keys.ts";
import type { OpenStore } from "../store/open-store.ts";
import { deleteLeftBehind, forgetRemoved, listRemoved } from "../store/removed-deployments.ts";
import {
  deleteRetiredHosts,
  listRetiredHosts,
  type RetiredHost,
  targetsOfOldDeployments,
} from "../store/retired-hosts.ts";
import { removeAttemptsOfRetired, removeExpiredTokens } from "../store/stale-rows.ts";
import { removeExpired } from "./expired-deployments.ts";
import { addToTally, newTally, type OrphanedTally, orphanedOutput } from "./orphaned-output.ts";
import { type Expiry, expiryAt, type RetentionRule } from "./retention-rule.ts";

/** Deployments that one transaction takes away from their readers. */
const STEP_DEPLOYMENTS = 20;
/** Rows of targets, effects and events that one transaction deletes: a few milliseconds. */
const STEP_ROWS = 500;
/** Retired hosts that one transaction deletes. */
const STEP_HOSTS = 50;
/** An enrolment token that has expired is told from one that never was for this time. */
const EXPIRED_TOKEN_KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;

/** A temporary key that has expired is told from one that never was for this time. */
const EXPIRED_TEMPORARY_KEY_KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

export interface PassParts {
  readonly store: OpenStore;
  readonly timers: Pick<Timers, "now">;
  readonly rule: RetentionRule;
  readonly logDirectory: string;
  readonly forgetOutput: (deploymentIds: readonly string[]) => Promise<void>;
  /** Output of deployments that the database does not know is about to be removed. */
  readonly onOrphaned: (deploymentIds: readonly string[]) => void;
  /** Uploads to the embedded bucket that nobody completed. */
  readonly sweepUploads: () => Promise<unknown>;
}

export interface PrunedGroup extends DeploymentGroupName {
  deployments: number;
}

/** What one pass has done so far. */
export interface PassReport {
  readonly groups: PrunedGroup[];
  readonly orphaned: OrphanedTally;
  tokens: number;
  hosts: number;
  /** Container services that were deleted. */
  services: number;
}

export function newReport(): PassReport {
  return { groups: [], orphaned: newTally(), tokens: 0, hosts: 0, services: 0 };
}

/**
 * One look at everything that may be removed, in small steps: each ends in a `yield`, holds the database for one short transaction, and
 * may be the last one before the server dies. The next pass goes on from what the database says.
 */
export async function* prune(parts: PassParts, report: PassReport): AsyncGenerator<void> {
  const expiry = expiryAt(parts.rule, parts.timers.now());
  yield* removeLeftBehind(parts);
  for (const group of await listDeploymentGroupsWithNames(parts.store.db)) {
    yield* pruneGroup(parts, group, expiry, report);
  }
  yield* removeStaleRows(parts, expiry, report);
  yield* removeRetiredHosts(parts, expiry, report);
  yield* removeOrphanedOutput(parts, report);
  await parts.sweepUploads();
  while (await parts.store.write((transaction) => parts.store.space.giveBack(transaction))) yield;
}

async function* pruneGroup(
  parts: PassParts,
  group: DeploymentGroupName,
  expiry: Expiry,
  report: PassReport,
): AsyncGenerator<void> {
  const { store, timers } = parts;
  const pruned: PrunedGroup = { ...group, deployments: 0 };
  for (;;) {
    const step = { limit: STEP_DEPLOYMENTS, now: timers.now() };
    const removed = await store.write((transaction) =>
      removeExpired(transaction, group.deploymentGroupId, expiry, step),
    );
    if (removed.length === 0) return;
    if (pruned.deployments === 0) report.groups.push(pruned);
    pruned.deployments += removed.length;
    yield;
    yield* removeLeftBehind(parts);
  }
}

/** Of deployments that are gone already: by a step before, by a server that died since, or with their group. */
async function* removeLeftBehind({ store, forgetOutput }: PassParts): AsyncGenerator<void> {
  for (;;) {
    const ids = await listRemoved(store, STEP_DEPLOYMENTS);
    if (ids.length === 0) return;
    const emptied = await store.write((transaction) => deleteLeftBehind(transaction, ids, STEP_ROWS));
    if (emptied.length > 0) {
      await forgetOutput(emptied);
      await store.write((transaction) => forgetRemoved(transaction, emptied));
    }
    yield;
  }
}

async function* removeStaleRows(
  { store, timers }: PassParts,
  { endedBefore }: Expiry,
  report: PassReport,
): AsyncGenerator<void> {
  const expiredBefore = timers.now() - EXPIRED_TOKEN_KEPT_MILLISECONDS;
  for (;;) {
    const tokens = await store.write((transaction) => removeExpiredTokens(transaction, expiredBefore));
    const attempts = await store.write((transaction) => removeAttemptsOfRetired(transaction, endedBefore));
    const services = await store.write((transaction) => forgetInactiveServices(transaction.db, timers.now()));
    const now = timers.now();
    const usedBefore = now - SESSION_IDLE_MILLISECONDS;
    const sessions = await store.write((transaction) => removeEndedSessions(transaction, { now, usedBefore }));
    const temporary = await store.write((transaction) =>
      removeExpiredTemporaryKeys(transaction, now - EXPIRED_TEMPORARY_KEY_KEPT_MILLISECONDS),
    );
    const upgrades = await store.write((transaction) => removeEndedUpgrade(transaction, endedBefore));
    report.tokens += tokens;
    report.services += services;
    if (tokens + attempts + services + sessions + temporary + upgrades === 0) return;
    yield;
  }
}

/**
 * Hosts that were retired so long ago and that no deployment names: GetDeploymentTarget tells who a target was. Only a deployment that is
 * older than the retirement can name one. Of these few are left, and no new ones come: they are read step by step, outside of any transaction.
 */
async function* removeRetiredHosts(
  { store }: PassParts,
  { endedBefore }: Expiry,
  report: PassReport,
): AsyncGenerator<void> {
  let last: RetiredHost | undefined;
  for (;;) {
    const page = await listRetiredHosts(store.db, endedBefore, last);
    last = page.at(-1);
    if (!last) return;
    const unnamed = new Map(page.map(({ hostId, retiredAt }) => [hostId, retiredAt]));
    for await (const named of targetsOfOldDeployments(store.db, last.retiredAt)) {
      for (const { hostId, deploymentCreatedAt } of named) {
        if (deploymentCreatedAt <= (unnamed.get(hostId) ?? -1)) unnamed.delete(hostId);
      }
      yield;
    }
    const ids = [...unnamed.keys()];
    for (let from = 0; from < ids.length; from += STEP_HOSTS) {
      const step = ids.slice(from, from + STEP_HOSTS);
      report.hosts += await store.write((transaction) => deleteRetiredHosts(transaction, step, endedBefore));
      yield;
    }
  }
}

async function* removeOrphanedOutput(parts: PassParts, report: PassReport): AsyncGenerator<void> {
  for await (const orphaned of orphanedOutput(parts, parts.timers.now())) {
    const ids = orphaned.map(({ deploymentId }) => deploymentId);
    if (ids.length > 0) parts.onOrphaned(ids);
    await parts.forgetOutput(ids);
    addToTally(report.orphaned, orphaned);
    yield;
  }
}
