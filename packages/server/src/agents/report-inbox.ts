import type { TargetEvent } from "@sluice/engine/event.ts";
import { type CommandReport, type ReportReply, receiveReport } from "@sluice/engine/receive-report.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { advancePolicyOf } from "@sluice/engine/strategies/rollouts.ts";
import { trafficEffects } from "@sluice/engine/traffic-effects.ts";
import { InvariantViolation } from "@sluice/model/invariant.ts";
import { quarantine } from "../planning/quarantine.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import { commitEvents } from "../store/commit-events.ts";
import { compiledQuery } from "../store/compiled-query.ts";
import { type DeploymentRow, isAdvancing, lockDeployments, readHead } from "../store/deployments.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import type { Store } from "../store/open-store.ts";
import { loadSomeTargets } from "../store/targets.ts";

/** Reports that share one transaction at most. */
const MAX_BATCH_REPORTS = 256;
/**
 * A command that the hot path hands out is looked at again after the shortest grace that any agent has: the host has reported just
 * now, so it cannot be dark before.
 */
const HOT_PATH_WAKE_MILLISECONDS = 15_000;

/** Nothing of the kind is asked of the host. */
const NOT_KNOWN: ReportReply = { answer: "Failed" };

export interface AddressedReport {
  readonly deploymentId: string;
  readonly targetId: string;
  readonly report: CommandReport;
}

interface Waiting extends AddressedReport {
  readonly resolve: (reply: ReportReply) => void;
  readonly reject: (reason: unknown) => void;
}

export interface ReportInboxDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly feed: ChangeFeed;
  readonly onQuarantine: (deploymentId: string, error: InvariantViolation) => void;
}

/**
 * The hot path: agents' acknowledgements and completions. Those that arrive while a commit is under way are worked off together in
 * the next one, a deployment at a time, by the same rules as the planner's. A report is answered once it is durable.
 */
export class ReportInbox {
  readonly #dependencies: ReportInboxDependencies;
  #waiting: Waiting[] = [];
  #working = false;

  constructor(dependencies: ReportInboxDependencies) {
    this.#dependencies = dependencies;
  }

  submit(report: AddressedReport): Promise<ReportReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...report, resolve, reject });
      if (!this.#working) {
        this.#working = true;
        void this.#work();
      }
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH_REPORTS);
      this.#waiting = this.#waiting.slice(MAX_BATCH_REPORTS);
      const byDeployment = Map.groupBy(batch, ({ deploymentId }) => deploymentId);
      await Promise.all([...byDeployment].map(([deploymentId, reports]) => this.#take(deploymentId, reports)));
    }
    this.#working = false;
  }

  async #take(deploymentId: string, reports: readonly Waiting[]): Promise<void> {
    const { store, onQuarantine } = this.#dependencies;
    try {
      const replies = await store.write((transaction) =>
        takeReports(transaction, deploymentId, reports, this.#dependencies),
      );
      reports.forEach(({ resolve }, index) => {
        resolve(replies[index] ?? NOT_KNOWN);
      });
    } catch (error) {
      for (const { reject } of reports) reject(error);
      if (!(error instanceof InvariantViolation)) return;
      onQuarantine(deploymentId, error);
      // When even this fails, the next report or plan comes to the same end and tries again; the inbox goes on.
      await store
        .write((transaction) => quarantine(transaction, deploymentId, error.message, this.#dependencies.now()))
        .catch(() => {});
    }
  }
}

async function takeReports(
  transaction: WriteTransaction,
  deploymentId: string,
  reports: readonly AddressedReport[],
  { now, feed }: ReportInboxDependencies,
): Promise<ReportReply[]> {
  const [row] = await lockDeployments(transaction, [deploymentId]);
  if (!row || row.quarantined !== null) return reports.map(() => NOT_KNOWN);
  const head = readHead(row);
  const policy = { advancing: isAdvancing(head), ...advancePolicyOf(head) };
  const at = now();
  const targets = await loadByIds(transaction, deploymentId, reports);
  const changed = new Map<string, TargetState>();
  const events: TargetEvent[] = [];
  const replies = reports.map(({ targetId, report }): ReportReply => {
    const target = changed.get(targetId) ?? targets.get(targetId);
    if (!target) return NOT_KNOWN;
    const result = receiveReport(target, report, policy, at);
    if (result.events.length > 0) {
      changed.set(targetId, result.target);
      events.push(...result.events);
    }
    return { answer: result.answer, next: result.next };
  });
  if (events.length === 0) return replies;

  const changedTargets = [...changed.values()];
  const effects = trafficEffects(deploymentId, events);
  const isDue = await needsPlan(
    transaction,
    row,
    events,
    { before: targets, changed: changedTargets },
    policy.advancing,
  );
  const wakeAt = isDue ? at : Math.min(row.wake_at ?? Infinity, at + HOT_PATH_WAKE_MILLISECONDS);
  await commitEvents(transaction, row, { targets: changedTargets, events, effects, wakeAt, at });
  const offered = changedTargets.filter(({ command }) => command !== null && command.acknowledgedAt === null);
  transaction.afterCommit(() =>
    feed.publish({ deploymentId, offered, hasEvents: true, isDue: isDue || effects.length > 0 }),
  );
  return replies;
}

async function loadByIds(
  transaction: WriteTransaction,
  deploymentId: string,
  reports: readonly AddressedReport[],
): Promise<ReadonlyMap<string, TargetState>> {
  const ids = [...new Set(reports.map(({ targetId }) => targetId))];
  const targets = await loadSomeTargets(transaction, deploymentId, ids);
  return new Map(targets.map((target) => [target.targetId, target]));
}

/** Admission, failure and completion need a plan; a host that merely goes on, or ends while all others run, does not. */
async function needsPlan(
  { db }: WriteTransaction,
  { deployment_id: deploymentId }: DeploymentRow,
  events: readonly TargetEvent[],
  { before, changed }: { readonly before: ReadonlyMap<string, TargetState>; readonly changed: readonly TargetState[] },
  advancing: boolean,
): Promise<boolean> {
  if (!advancing)
    return events.some(({ type }) => type === "lifecycleEventSucceeded" || type === "lifecycleEventFailed");
  if (events.some(({ type }) => type === "targetFailed")) return true;
  // What a platform or a hook has to do for it is the strategy's to say.
  if (events.some((event) => event.type === "commandOffered" && (event.by === "platform" || event.by === "hook")))
    return true;
  if (!events.some(({ type }) => type === "targetSucceeded" || type === "targetReady")) return false;
  const { rows } = await openTargets(db, { deploymentId });
  const count = (status: TargetState["status"]) =>
    // As they are stored, and as these reports leave them.
    Number(rows.find((row) => row.status === status)?.count ?? 0) +
    changed.filter((target) => target.status === status).length -
    changed.filter(({ targetId }) => before.get(targetId)?.status === status).length;
  return count("Pending") > 0 || count("InProgress") === 0;
}

const openTargets = compiledQuery((db, { deploymentId }: { readonly deploymentId: string }) =>
  db
    .selectFrom("targets")
    .select((expression) => ["status", expression.fn.countAll<number>().as("count")])
    .where("deployment_id", "=", deploymentId)
    .where("status", "in", ["Pending", "InProgress"])
    .groupBy("status"),
);
