import { CallerFault } from "@sluice/model/caller-fault.ts";
import { keepLease, LEASE_MILLISECONDS } from "../loops/keep-lease.ts";
import { FAILED_TURN_MILLISECONDS, type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import { pause } from "../loops/pause.ts";
import type { Timers } from "../loops/timers.ts";
import type { WriteTransaction } from "../store/group-commit.ts";
import {
  claimEvents,
  countEvents,
  type EventRow,
  endEvent,
  forgetEvents,
  insertEvent,
  type NewEvent,
  NO_PAYLOAD,
  nextEventAt,
  postponeEvent,
  renewEventLeases,
} from "../store/lambda/events.ts";
import type { Store } from "../store/open-store.ts";
import { deletedMeanwhile } from "./deleted-meanwhile.ts";
import { type EventFate, fateAfterRefusal, fateAfterRun } from "./event-fate.ts";
import { eventRoom } from "./event-room.ts";
import type { InvokeFunction } from "./invoke-function.ts";
import { ThrottledInvocation } from "./throttled-invocation.ts";

export interface EventQueueDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly invoke: InvokeFunction;
  /** As many at once, of all functions. */
  readonly concurrency: number;
  /** Names this server in leases. */
  readonly owner: string;
  readonly onError: (error: unknown) => void;
}

/** More than this wait for nobody. */
export const MAX_EVENTS_WAITING = 100_000;
/** How long it can be asked what became of one that has ended. */
export const EVENT_KEPT_MILLISECONDS = 3 * 24 * 60 * 60 * 1000;
/** Events of another server are not announced here, and a wake-up may be lost. */
const SCAN_MILLISECONDS = 5_000;
/** A database that is away when the server ends is waited for so long. */
const CLOSING_MILLISECONDS = 2_000;
const FORGET_MILLISECONDS = 60 * 60 * 1000;

/**
 * Asynchronous invocations. Each is in the database from before it was answered to the caller until its end is known, so that one whose
 * server dies is run by the next one, or once more.
 */
export class EventQueue {
  readonly #dependencies: EventQueueDependencies;
  readonly #loop: PacedLoop;
  readonly #running = new Map<string, { readonly functionName: string; readonly run: Promise<void> }>();
  /** No call is broken off by it: those that are under way end with their environments. */
  readonly #never = new AbortController().signal;
  readonly #closing = new AbortController();
  #isStopping = false;
  #letLeasesGo: (() => Promise<void>) | undefined;
  #waiting = { count: 0, countedAt: Number.NEGATIVE_INFINITY };
  #forgottenAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: EventQueueDependencies) {
    this.#dependencies = dependencies;
    const { timers, onError } = dependencies;
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  start(): void {
    const { store, timers, owner, onError } = this.#dependencies;
    this.#letLeasesGo = keepLease({
      timers,
      renew: async (until) => {
        if (this.#running.size === 0) return;
        await store.write((transaction) => renewEventLeases(transaction, owner, until));
      },
      onError,
    });
    this.#loop.wake();
  }

  /** Nothing more is begun. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop.close();
  }

  /** To be called when every call that was under way has ended: what they came to is written down, if the database is there. */
  async close(): Promise<void> {
    await this.stop();
    const cancel = this.#dependencies.timers.after(CLOSING_MILLISECONDS, () => this.#closing.abort());
    await Promise.all([...this.#running.values()].map(({ run }) => run));
    cancel();
    await this.#letLeasesGo?.();
  }

  /** Durable when it resolves. @returns its request id: that of before, where the execution of a hook has been taken already */
  async add(event: NewEvent): Promise<string> {
    await this.#count();
    if (this.#waiting.count >= MAX_EVENTS_WAITING) {
      throw new ThrottledInvocation(
        "ConcurrentInvocationLimitExceeded",
        `${MAX_EVENTS_WAITING} asynchronous invocations wait on this server, and it takes no more`,
      );
    }
    this.#waiting.count++;
    const requestId = await this.#dependencies.store.write((transaction) => insertEvent(transaction, event));
    this.#loop.wake();
    return requestId;
  }

  async #count(): Promise<void> {
    const { store, timers } = this.#dependencies;
    const now = timers.now();
    if (Math.abs(now - this.#waiting.countedAt) < SCAN_MILLISECONDS) return;
    this.#waiting.countedAt = now;
    this.#waiting.count = await countEvents(store.db);
  }

  async #turn(): Promise<Pace> {
    const { store, timers, owner, concurrency } = this.#dependencies;
    await this.#forget();
    const now = timers.now();
    const next = await nextEventAt(store, owner);
    if (next === null) return sleepFor(SCAN_MILLISECONDS);
    if (next > now) return sleepFor(Math.min(next - now, SCAN_MILLISECONDS));
    const claim = { owner, now, leaseUntil: now + LEASE_MILLISECONDS };
    const claimed = await store.write((transaction) =>
      claimEvents(transaction, claim, eventRoom(concurrency, this.#runningByFunction())),
    );
    for (const event of claimed) this.#begin(event);
    // Each that ends wakes the loop, when there is room again for those that are due.
    return sleepFor(claimed.length > 0 ? 0 : SCAN_MILLISECONDS);
  }

  #runningByFunction(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { functionName } of this.#running.values()) {
      counts.set(functionName, (counts.get(functionName) ?? 0) + 1);
    }
    return counts;
  }

  #begin(event: EventRow): void {
    const { request_id: requestId, function_name: functionName } = event;
    const run = this.#run(event)
      .catch(this.#dependencies.onError)
      .finally(() => {
        this.#running.delete(requestId);
        this.#loop.wake();
      });
    this.#running.set(requestId, { functionName, run });
  }

  async #run(event: EventRow): Promise<void> {
    const { timers, onError } = this.#dependencies;
    const fate = await this.#attempt(event);
    for (;;) {
      try {
        return await this.#record(event.request_id, fate);
      } catch (error) {
        onError(error);
        // What is not written down is run once more, by the next server.
        if (this.#closing.signal.aborted) return;
        await pause(timers, FAILED_TURN_MILLISECONDS, this.#closing.signal);
      }
    }
  }

  #record(requestId: string, fate: EventFate): Promise<void> {
    const { store, owner, timers } = this.#dependencies;
    const record = (transaction: WriteTransaction) =>
      fate.fate === "ended"
        ? endEvent(transaction, requestId, owner, fate.end)
        : postponeEvent(transaction, requestId, owner, fate.postponement, timers.now());
    return store.write(record, { until: this.#closing.signal });
  }

  async #attempt(event: EventRow): Promise<EventFate> {
    const { timers, invoke } = this.#dependencies;
    const { request_id: requestId, function_name: functionName, qualifier } = event;
    const payload = Buffer.from(event.payload);
    try {
      // Whoever ran it is gone, and so is what it ran.
      if (event.payload === NO_PAYLOAD)
        throw new CallerFault("ResourceNotFoundException", deletedMeanwhile(functionName));
      const invocation = { requestId, functionName, qualifier: qualifier ?? undefined, payload };
      return fateAfterRun(event, await invoke(invocation, this.#never), timers.now());
    } catch (error) {
      return fateAfterRefusal(event, error, timers.now(), this.#isStopping);
    }
  }

  async #forget(): Promise<void> {
    const { store, timers } = this.#dependencies;
    const now = timers.now();
    if (Math.abs(now - this.#forgottenAt) < FORGET_MILLISECONDS) return;
    while ((await store.write((transaction) => forgetEvents(transaction, now - EVENT_KEPT_MILLISECONDS))) > 0);
    this.#forgottenAt = now;
  }
}
