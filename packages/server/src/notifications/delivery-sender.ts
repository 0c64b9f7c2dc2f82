import { countedMilliseconds, type HeardTime } from "@sluice/engine/heard-time.ts";
import type { DeliveryOutcome, Notification, Notifier } from "@sluice/engine/ports/notifier.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { keepLease, LEASE_MILLISECONDS } from "../loops/keep-lease.ts";
import { type Pace, PacedLoop } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import {
  callForgotten,
  claimDeliveries,
  type DeliveryRow,
  forgetDeliveries,
  giveUpDelivery,
  nextDeliveryAt,
  postponeDelivery,
  recordDelivered,
  renewDeliveryLease,
} from "../store/deliveries.ts";
import type { Store } from "../store/open-store.ts";

/** Messages that one server sends at once. */
const MAX_SENDS_AT_ONCE = 16;
const ATTEMPT_TIMEOUT_MILLISECONDS = 30_000;
/** Before the second attempt; doubled each time up to the maximum, less up to half of it by chance. */
const RETRY_FIRST_MILLISECONDS = 1_000;
const MAX_RETRY_MILLISECONDS = 600_000;
/** After this many attempts a message is given up: about half an hour. */
const MAX_DELIVERY_ATTEMPTS = 12;
/** And after this long, counting the wait for messages before it, and not the time in which the server or its database was away. */
const MAX_DELIVERY_AGE_MILLISECONDS = 3_600_000;
/** How long messages are kept that were delivered, and those that were given up. */
const MAX_DELIVERED_KEPT_MILLISECONDS = 604_800_000;
const MAX_FAILED_KEPT_MILLISECONDS = 2_592_000_000;
const FORGET_INTERVAL_MILLISECONDS = 3_600_000;
/** Another server's messages are not announced here. */
const SCAN_INTERVAL_MILLISECONDS = 5_000;

export interface DeliverySenderDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly notifier: Notifier;
  /** Names this server in leases. */
  readonly owner: string;
  /** From 0 to less than 1. */
  readonly random: () => number;
  readonly heardTime: () => HeardTime;
  readonly onError: (error: unknown) => void;
  readonly onGivenUp: (delivery: DeliveryRow, reason: string) => void;
}

/** Sends what is to be sent: of each deployment and trigger one message at a time, in the order of the events. */
export class DeliverySender {
  readonly #dependencies: DeliverySenderDependencies;
  readonly #loop: PacedLoop;
  readonly #sending = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #forgottenAt = Number.NEGATIVE_INFINITY;
  #calledAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: DeliverySenderDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  wake(): void {
    this.#loop.wake();
  }

  /** What is under way is broken off and left as it was: it may be sent again. */
  async close(): Promise<void> {
    this.#end.abort(new Error("the server ends"));
    await this.#loop.close();
    await Promise.all(this.#sending);
  }

  async #turn(): Promise<Pace> {
    const { store, timers, owner } = this.#dependencies;
    await this.#forget();
    await this.#callForgotten();
    const free = MAX_SENDS_AT_ONCE - this.#sending.size;
    const next = await nextDeliveryAt(store);
    const now = timers.now();
    // Asked before: a look costs a server without triggers no write.
    const claimed =
      free > 0 && next !== null
        ? await store.write((transaction) => claimDeliveries(transaction, owner, now, now + LEASE_MILLISECONDS, free))
        : [];
    for (const delivery of claimed) this.#begin(delivery);
    // Each that ends wakes the loop; so only what is not yet due needs the clock.
    const due = next === null || next <= now ? SCAN_INTERVAL_MILLISECONDS : next - now;
    return { sleepMilliseconds: Math.min(due, SCAN_INTERVAL_MILLISECONDS), restMilliseconds: 0 };
  }

  #begin(delivery: DeliveryRow): void {
    const sending = this.#send(delivery)
      .catch(this.#dependencies.onError)
      .finally(() => {
        this.#sending.delete(sending);
        this.wake();
      });
    this.#sending.add(sending);
  }

  async #send(delivery: DeliveryRow): Promise<void> {
    const { store, timers, owner, onError, onGivenUp } = this.#dependencies;
    const { notification_id: notificationId } = delivery;
    const letLeaseGo = keepLease({
      timers,
      renew: (until) => store.write((transaction) => renewDeliveryLease(transaction, { notificationId, owner, until })),
      onError,
    });
    const outcome = await this.#attempt(delivery);
    await letLeaseGo();
    const at = timers.now();
    // What was sent is written down however long the database is away: otherwise it is sent once more.
    const until = { until: this.#end.signal };
    if (outcome === "brokenOff") {
      const postponement = { notificationId, owner, reason: null, nextAttemptAt: at, isUncounted: true };
      await store.write((transaction) => postponeDelivery(transaction, postponement), until);
      return;
    }
    if (outcome.outcome === "delivered") {
      await store.write((transaction) => recordDelivered(transaction, { notificationId, owner, at }), until);
      return;
    }
    const { reason } = outcome;
    if (outcome.outcome === "refused" || isSpent(delivery, this.#dependencies.heardTime(), at)) {
      await store.write((transaction) => giveUpDelivery(transaction, { notificationId, owner, reason, at }), until);
      onGivenUp(delivery, reason);
      return;
    }
    const nextAttemptAt = at + retryDelayMilliseconds(delivery.attempts, this.#dependencies.random());
    await store.write(
      (transaction) => postponeDelivery(transaction, { notificationId, owner, reason, nextAttemptAt }),
      until,
    );
  }

  async #attempt(delivery: DeliveryRow): Promise<DeliveryOutcome | "brokenOff"> {
    const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MILLISECONDS);
    try {
      return await this.#dependencies.notifier.deliver(
        notificationOf(delivery),
        AbortSignal.any([this.#end.signal, timeout]),
      );
    } catch (error) {
      if (this.#end.signal.aborted) return "brokenOff";
      if (timeout.aborted) return { outcome: "retry", reason: `no answer within ${ATTEMPT_TIMEOUT_MILLISECONDS} ms` };
      // A driver says what went wrong by its outcome; this is a fault of ours, and still no reason to lose the message.
      this.#dependencies.onError(error);
      return { outcome: "retry", reason: reasonOf(error) };
    }
  }

  async #callForgotten(): Promise<void> {
    const { store, timers } = this.#dependencies;
    const now = timers.now();
    // A SQLite database has one writer at a time, and no two that could miss each other.
    if (store.dialect === "sqlite" || now - this.#calledAt < SCAN_INTERVAL_MILLISECONDS) return;
    this.#calledAt = now;
    await store.write((transaction) => callForgotten(transaction, now));
  }

  async #forget(): Promise<void> {
    const { store, timers } = this.#dependencies;
    const now = timers.now();
    if (now - this.#forgottenAt < FORGET_INTERVAL_MILLISECONDS) return;
    this.#forgottenAt = now;
    await store.write((transaction) =>
      forgetDeliveries(transaction, {
        delivered: now - MAX_DELIVERED_KEPT_MILLISECONDS,
        failed: now - MAX_FAILED_KEPT_MILLISECONDS,
      }),
    );
  }
}

/** Whether a message that was tried once more in vain is given up. */
export function isSpent(
  { attempts, pending_since }: Pick<DeliveryRow, "attempts" | "pending_since">,
  heard: HeardTime,
  at: number,
): boolean {
  const age = countedMilliseconds(heard, pending_since, at);
  return attempts >= MAX_DELIVERY_ATTEMPTS || age >= MAX_DELIVERY_AGE_MILLISECONDS;
}

/** @param chance from 0 to less than 1 */
export function retryDelayMilliseconds(attempts: number, chance: number): number {
  const whole = Math.min(MAX_RETRY_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (attempts - 1));
  return Math.round(whole * (1 - chance / 2));
}

function notificationOf(row: DeliveryRow): Notification {
  return {
    notificationId: row.notification_id,
    eventType: row.event_type,
    triggerName: row.trigger_name,
    target: row.trigger_target_arn,
    subject: row.subject,
    body: row.body,
  };
}
