import { WAIT_TOLD_AFTER_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import type { InvariantViolation } from "@sluice/model/invariant.ts";
import { keepLease, LEASE_MILLISECONDS } from "../loops/keep-lease.ts";
import { sparseErrors } from "../loops/sparse-errors.ts";
import type { Timers } from "../loops/timers.ts";
import type { ChangeFeed } from "../store/change-feed.ts";
import type { EffectKind, OutcomeOf, ProgressOf } from "../store/columns/effect-records.ts";
import { compiledQuery } from "../store/compiled-query.ts";
import {
  claimEffects,
  hasDueEffects,
  nextEffectAt,
  type PendingEffect,
  type Postponement,
  postponeEffect,
  recordEffectOutcome,
  renewLease,
  type UnreadableEffect,
} from "../store/effects.ts";
import type { Store } from "../store/open-store.ts";
import { type Attempt, type EffectHandler, type EffectHandlers, SUPERSEDED, type Vain } from "./effect-handler.ts";
import { EffectRoom } from "./effect-room.ts";
import { MAX_ATTEMPTS, pauseAfter } from "./retries.ts";

/** How long one attempt may take. */
const ATTEMPT_TIMEOUT_MILLISECONDS = 60_000;
/**
 * Traffic events that this server carries out at one time, and those of one deployment among them: a load balancer that hangs holds up
 * nobody else's until those of eight deployments hang at once. Then the others still get each place that an attempt gives back, in the
 * order in which they fell due.
 */
const MAX_TRAFFIC_AT_ONCE = 128;
const MAX_TRAFFIC_OF_DEPLOYMENT_AT_ONCE = 16;
/** Other effects at one time. A deployment has one or two, so that this many have to hang before another deployment waits. */
const MAX_OTHERS_AT_ONCE = 32;

export interface EffectWorkerDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly owner: string;
  readonly feed: ChangeFeed;
  readonly handlers: EffectHandlers;
  /** Ends a deployment after a bug of ours. */
  readonly quarantine: (deploymentId: string, error: InvariantViolation) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

type Settled = { readonly ended: OutcomeOf<EffectKind> } | { readonly postponed: Postponement };

/**
 * Claims what is due, has it done by the handler of its kind, and feeds the outcome back as an observation. Ports may be slow, so nobody
 * waits for them here: the feed says when one has answered.
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
      if ("unreadable" in effect) await this.#setAside(effect);
      else this.#running.set(effect.key, { effect, end: this.#run(effect) });
    }
  }

  /** What nobody can read nobody can carry out: its deployment ends, and then nobody wants it. */
  async #setAside({ key, deploymentId, unreadable }: UnreadableEffect): Promise<void> {
    const { store, owner, quarantine } = this.#dependencies;
    try {
      await quarantine(deploymentId, unreadable);
      await store.write((transaction) => recordEffectOutcome(transaction, key, owner, SUPERSEDED.ended));
    } catch (error) {
      this.#onError(error);
    }
  }

  /** When there is something to start; null: nothing before an effect that is running has ended, which the feed tells. */
  async nextAt(): Promise<number | null> {
    const { size, shutOut } = this.#room();
    return size === 0 ? null : nextEffectAt(this.#dependencies.store, shutOut);
  }

  #room(): EffectRoom {
    return EffectRoom.beside(
      [...this.#running.values()].map(({ effect }) => ({
        deploymentId: effect.deploymentId,
        kind: effect.effect.kind,
      })),
      { traffic: MAX_TRAFFIC_AT_ONCE, others: MAX_OTHERS_AT_ONCE, share: MAX_TRAFFIC_OF_DEPLOYMENT_AT_ONCE },
    );
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
      // The outcome could not be stored, though it waits for a database that is away: the lease runs out, and the effect is done once more.
      onError(error);
    }
    await letLeaseGo();
    this.#running.delete(effect.key);
    // Last: whoever hears it may begin the next attempt at once.
    if (isRecorded) feed.publish({ deploymentId: effect.deploymentId, offered: [], hasEvents: false, isDue: true });
  }

  async #attempt(effect: PendingEffect): Promise<Settled> {
    const handler = this.#handlerOf(effect);
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(ATTEMPT_TIMEOUT_MILLISECONDS), this.#closing.signal]);
      const attempt: Attempt = await handler.attempt(effect, signal);
      if ("vain" in attempt) return this.#afterVain(effect, attempt.vain);
      if ("postponed" in attempt && attempt.trouble !== undefined) this.#onError(attempt.trouble);
      return attempt;
    } catch (error) {
      if (this.#closing.signal.aborted) return this.#brokenOff();
      return this.#afterVain(effect, handler.vainBy(error, effect));
    }
  }

  /** The table gives each kind its own; what is one here cannot be told from another. */
  #handlerOf({ effect }: PendingEffect): EffectHandler<EffectKind> {
    return this.#dependencies.handlers[effect.kind] as EffectHandler<EffectKind>;
  }

  #afterVain({ attempts }: PendingEffect, { error, progress, failure }: Vain): Settled {
    if (this.#closing.signal.aborted) return this.#brokenOff(progress);
    this.#onError(error);
    if (failure !== undefined && attempts >= MAX_ATTEMPTS) return { ended: failure };
    return {
      postponed: { runAt: this.#dependencies.timers.now() + pauseAfter(attempts), progress, isUnderWay: false },
    };
  }

  /** By this server's end, which is not the attempt's fault. */
  #brokenOff(progress?: ProgressOf<EffectKind>): Settled {
    return { postponed: { runAt: this.#dependencies.timers.now(), progress, isUnderWay: true } };
  }

  async #record(effect: PendingEffect, settled: Settled): Promise<void> {
    const { store, timers, owner } = this.#dependencies;
    await store.write(
      async (transaction) => {
        if ("postponed" in settled) {
          await postponeEffect(transaction, effect.key, owner, settled.postponed);
          if (!hasNews(effect.progress, settled.postponed.progress)) return;
          const { deploymentId } = effect;
          await wakeDeploymentSoon(transaction.db, { deploymentId, at: timers.now() + WAIT_TOLD_AFTER_MILLISECONDS });
          return;
        }
        // Another server has taken it over, and says itself how it ends.
        if (!(await recordEffectOutcome(transaction, effect.key, owner, settled.ended))) return;
        await wakeDeployment(transaction.db, { deploymentId: effect.deploymentId, at: timers.now() });
      },
      { until: this.#closing.signal },
    );
  }
}

const wakeDeployment = compiledQuery(
  (db, { deploymentId, at }: { readonly deploymentId: string; readonly at: number }) =>
    db
      .updateTable("deployments")
      .set({ wake_at: at })
      .where("deployment_id", "=", deploymentId)
      .where("active", "=", 1),
);

/** Of many hosts that wait, all are told of in one plan. */
const wakeDeploymentSoon = compiledQuery(
  (db, { deploymentId, at }: { readonly deploymentId: string; readonly at: number }) =>
    db
      .updateTable("deployments")
      .set({ wake_at: at })
      .where("deployment_id", "=", deploymentId)
      .where("active", "=", 1)
      .where((expression) => expression.or([expression("wake_at", "is", null), expression("wake_at", ">", at)])),
);

/** A load balancer says something else than before: the planner tells it, in its time. */
function hasNews(before: unknown, after: unknown): boolean {
  const words = wordsOf(after);
  return words !== undefined && words !== wordsOf(before);
}

function wordsOf(progress: unknown): string | undefined {
  const { detail } = (progress ?? {}) as { readonly detail?: unknown };
  return typeof detail === "string" ? detail : undefined;
}
