import type { TargetResolution, TrafficReport, WithholdReport } from "@sluice/engine/observation.ts";
import type { HostTerminator, TerminationReport } from "@sluice/engine/ports/fleet.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { EffectRoom, isTraffic } from "../store/effect-room.ts";
import {
  claimEffects,
  hasDueEffects,
  nextEffectAt,
  type PendingEffect,
  postponeEffect,
  recordEffectOutcome,
  renewLease,
} from "../store/effects.ts";
import type { Store } from "../store/open-store.ts";
import { awaitPredecessor, type PredecessorWait } from "./await-predecessor.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { keepLease, LEASE_MILLISECONDS } from "./lease.ts";
import { notPrepared } from "./rollout-facts.ts";
import { routeTraffic } from "./route-traffic.ts";
import { requestOfActive } from "./routed-hosts.ts";
import { sparseErrors } from "./sparse-errors.ts";
import { givenUp, terminateOriginals, unsettled } from "./terminate-originals.ts";
import type { Timers } from "./timers.ts";
import { type WithholdProgress, withholdReplacements } from "./withhold-replacements.ts";

/** How long one attempt may take. */
const ATTEMPT_TIMEOUT_MILLISECONDS = 60_000;
/**
 * Traffic events that this server carries out at one time, and those of one deployment among them: a load balancer that hangs holds up
 * nobody else's until those of eight deployments hang at once. Then the others still get each place that an attempt gives back, in the
 * order in which they fell due.
 */
const TRAFFIC_AT_ONCE_MAX = 128;
const TRAFFIC_OF_DEPLOYMENT_AT_ONCE_MAX = 16;
/** Other effects at one time. A deployment has one at most, so that this many have to hang before another deployment waits. */
const OTHERS_AT_ONCE_MAX = 32;
/** Between attempts: doubled each time, up to the maximum. */
const RETRY_FIRST_MILLISECONDS = 250;
const RETRY_MAX_MILLISECONDS = 30_000;
/** Between two looks at what the group's deployment of before has under way still. */
const PREDECESSOR_LOOK_MILLISECONDS = 100;
/** After this many attempts the effect has failed. A balancer is asked for as long as the planner wants it to be. */
const ATTEMPTS_MAX = 8;

export interface EffectWorkerDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly owner: string;
  readonly feed: ChangeFeed;
  readonly resolveTargets: (deploymentId: string, signal: AbortSignal) => Promise<TargetResolution>;
  readonly trafficRouter: TrafficRouter;
  readonly hostTerminator: HostTerminator;
  readonly onError: (error: unknown) => void;
}

/** Not yet: ask again at `runAt`. `progress` is what the planner may know of it meanwhile. */
interface Postponed {
  readonly runAt: number;
  readonly progress?: unknown;
  /** The attempt was not in vain: what it asked for is under way. */
  readonly isUnderWay: boolean;
}

/** It came to nothing, and is made again later. */
interface Vain {
  readonly error: unknown;
  readonly progress?: unknown;
  /** What the planner is told when attempts have run out; absent: they do not. */
  readonly failure?: unknown;
}

type Attempt = { readonly ended: unknown } | { readonly postponed: Postponed };

/**
 * Claims what is due, does it through its port, and feeds the outcome back as an observation. Ports may be slow, so nobody waits for
 * them here: the feed says when one has answered.
 */
export class EffectWorker {
  readonly #dependencies: EffectWorkerDependencies;
  /** By key: what outlived its lease after all, because this process was stopped for a while, is not begun a second time here. */
  readonly #running = new Map<string, { readonly effect: PendingEffect; readonly end: Promise<void> }>();
  readonly #closing = new AbortController();
  /** Attempts are made so often that each error must not be one in the log. */
  readonly #onError: (error: unknown) => void;

  constructor(dependencies: EffectWorkerDependencies) {
    this.#dependencies = dependencies;
    this.#onError = sparseErrors(dependencies.onError, dependencies.timers.now);
  }

  async startDue(): Promise<void> {
    const { store, timers, owner } = this.#dependencies;
    const at = timers.now();
    const { size, shutOut } = this.#room();
    if (this.#closing.signal.aborted || size === 0 || !(await hasDueEffects(store, at, shutOut))) return;
    const claim = { owner, now: at, leaseUntil: at + LEASE_MILLISECONDS };
    const claimed = await store.write((transaction) => claimEffects(transaction, claim, this.#room()));
    for (const effect of claimed) {
      if (this.#running.has(effect.key)) continue;
      this.#running.set(effect.key, { effect, end: this.#run(effect) });
    }
  }

  /** When there is something to start; null: nothing before an effect that is running has ended, which the feed tells. */
  async nextAt(): Promise<number | null> {
    const { size, shutOut } = this.#room();
    return size === 0 ? null : nextEffectAt(this.#dependencies.store, shutOut);
  }

  #room(): EffectRoom {
    const traffic = new Map<string, number>();
    let others = 0;
    for (const { effect } of this.#running.values()) {
      const { deploymentId } = effect;
      if (isTraffic(effect.effect.kind)) traffic.set(deploymentId, (traffic.get(deploymentId) ?? 0) + 1);
      else others += 1;
    }
    return new EffectRoom({
      traffic: TRAFFIC_AT_ONCE_MAX - (this.#running.size - others),
      others: OTHERS_AT_ONCE_MAX - others,
      share: TRAFFIC_OF_DEPLOYMENT_AT_ONCE_MAX,
      running: traffic,
    });
  }

  /** Calls under way are broken off; what they are about is done again by the next server. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#running.values()].map(({ end }) => end));
  }

  async #run(effect: PendingEffect): Promise<void> {
    const { store, timers, owner, feed } = this.#dependencies;
    const onError = this.#onError;
    const letLeaseGo = keepLease({
      timers,
      renew: (until) => store.write((transaction) => renewLease(transaction, effect.key, owner, until)),
      onError,
    });
    let isRecorded = false;
    try {
      await this.#record(effect, await this.#attempt(effect));
      isRecorded = true;
    } catch (error) {
      // The outcome could not be written down: the lease runs out, and the effect is done once more.
      onError(error);
    }
    await letLeaseGo();
    this.#running.delete(effect.key);
    // Last: whoever hears it may begin the next attempt at once.
    if (isRecorded) feed.publish({ deploymentId: effect.deploymentId, offered: [], hasEvents: false, isDue: true });
  }

  async #attempt(effect: PendingEffect): Promise<Attempt> {
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(ATTEMPT_TIMEOUT_MILLISECONDS), this.#closing.signal]);
      const attempt = await this.#do(effect, signal);
      return "vain" in attempt ? this.#afterVain(effect, attempt.vain) : attempt;
    } catch (error) {
      if (this.#closing.signal.aborted)
        return { postponed: { runAt: this.#dependencies.timers.now(), isUnderWay: true } };
      return this.#afterVain(effect, vainBy(error, effect));
    }
  }

  #afterVain({ attempts }: PendingEffect, { error, progress, failure }: Vain): Attempt {
    const { timers } = this.#dependencies;
    this.#onError(error);
    if (failure !== undefined && attempts >= ATTEMPTS_MAX) return { ended: failure };
    const delay = Math.min(RETRY_MAX_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (attempts - 1));
    return { postponed: { runAt: timers.now() + delay, progress, isUnderWay: false } };
  }

  async #do(
    { deploymentId, effect, progress }: PendingEffect,
    signal: AbortSignal,
  ): Promise<Attempt | { readonly vain: Vain }> {
    const { store, timers, owner, feed, resolveTargets, trafficRouter } = this.#dependencies;
    switch (effect.kind) {
      case "resolveTargets": {
        // Stopped before it began.
        if (!(await requestOfActive(store, deploymentId))) return { ended: SUPERSEDED };
        // Everything else that a deployment asks for comes after this.
        const parts = { store, owner, feed, now: timers.now };
        const wait = await awaitPredecessor(parts, deploymentId, progress as PredecessorWait | undefined);
        if (wait) {
          const runAt = timers.now() + PREDECESSOR_LOOK_MILLISECONDS;
          return { postponed: { runAt, progress: wait, isUnderWay: true } };
        }
        return { ended: await resolveTargets(deploymentId, signal) };
      }
      case "terminateOriginals":
        return this.#terminate(effect.targetIds, progress as TerminationReport | undefined, signal);
      case "routeTraffic": {
        const report = await routeTraffic({ store, trafficRouter }, deploymentId, effect, signal);
        return attemptOf(report, timers.now());
      }
      case "withholdReplacements": {
        const { left = effect.targetIds } = (progress ?? {}) as Partial<WithholdProgress>;
        return this.#withhold(deploymentId, left, signal);
      }
      default: {
        const never: never = effect;
        return never;
      }
    }
  }

  async #withhold(
    deploymentId: string,
    left: readonly string[],
    signal: AbortSignal,
  ): Promise<Attempt | { readonly vain: Vain }> {
    const { store, timers, trafficRouter } = this.#dependencies;
    const parts = { store, trafficRouter, now: timers.now };
    const withholding = await withholdReplacements(parts, deploymentId, left, signal);
    if (!withholding) return { ended: SUPERSEDED };
    const { progress, retryAfterMilliseconds, failure, hasProgressed } = withholding;
    const { outcome, detail } = progress;
    if (outcome !== "pending") return { ended: { outcome, detail } satisfies WithholdReport };
    if (failure && hasProgressed) this.#onError(failure.error);
    if (failure && !hasProgressed && !this.#closing.signal.aborted) return { vain: { ...failure, progress } };
    const runAt =
      timers.now() + (failure ? RETRY_FIRST_MILLISECONDS : (retryAfterMilliseconds ?? RETRY_FIRST_MILLISECONDS));
    return { postponed: { runAt, progress, isUnderWay: true } };
  }

  async #terminate(
    targetIds: readonly string[],
    before: TerminationReport | undefined,
    signal: AbortSignal,
  ): Promise<Attempt | { readonly vain: Vain }> {
    const { timers, hostTerminator } = this.#dependencies;
    const { soFar, unanswered, hasProgressed } = await terminateOriginals(hostTerminator, targetIds, before, signal);
    if (unanswered.length === 0) return { ended: soFar };
    if (hasProgressed || this.#closing.signal.aborted) {
      return { postponed: { runAt: timers.now() + RETRY_FIRST_MILLISECONDS, progress: soFar, isUnderWay: true } };
    }
    const reasons = [...new Set(unanswered.map(({ reason }) => reason))].join("; ");
    return { vain: { error: new Error(reasons), progress: soFar, failure: givenUp(soFar, unanswered) } };
  }

  async #record(effect: PendingEffect, attempt: Attempt): Promise<void> {
    const { store, timers } = this.#dependencies;
    await store.write(async (transaction) => {
      if ("postponed" in attempt) {
        await postponeEffect(transaction, effect.key, attempt.postponed);
        return;
      }
      await recordEffectOutcome(transaction, effect.key, attempt.ended);
      await transaction.db
        .updateTable("deployments")
        .set({ wake_at: timers.now() })
        .where("deployment_id", "=", effect.deploymentId)
        .where("active", "=", 1)
        .execute();
    });
  }
}

/** The deployment wants it no longer: nobody reads this. */
const SUPERSEDED = { outcome: "superseded" };

function attemptOf(
  report: (TrafficReport & { readonly retryAfterMilliseconds: number }) | undefined,
  now: number,
): Attempt {
  if (!report) return { ended: SUPERSEDED };
  const { retryAfterMilliseconds, ...progress } = report;
  if (progress.outcome !== "pending") return { ended: progress };
  return { postponed: { runAt: now + retryAfterMilliseconds, progress, isUnderWay: true } };
}

function vainBy(error: unknown, { effect, progress }: PendingEffect): Vain {
  const reason = error instanceof Error ? error.message : String(error);
  switch (effect.kind) {
    case "routeTraffic": {
      const { event, attempt } = effect;
      return { error, progress: { event, attempt, outcome: "pending", detail: reason } satisfies TrafficReport };
    }
    case "withholdReplacements":
      return { error, progress: { ...(progress ?? {}), outcome: "pending", detail: reason } satisfies WithholdReport };
    case "resolveTargets":
      return { error, failure: notPrepared(reason) satisfies TargetResolution };
    case "terminateOriginals": {
      const soFar = progress as TerminationReport | undefined;
      const unanswered = unsettled(effect.targetIds, soFar).map((hostId) => ({ hostId, reason }));
      return { error, failure: givenUp(soFar, unanswered) };
    }
    default: {
      const never: never = effect;
      return never;
    }
  }
}
