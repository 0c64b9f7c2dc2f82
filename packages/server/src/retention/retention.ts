import { randomUUID } from "node:crypto";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import { sparseErrors } from "../loops/sparse-errors.ts";
import type { Timers } from "../loops/timers.ts";
import { holdDuty } from "../store/duty-lease.ts";
import { newReport, type PassParts, type PassReport, prune } from "./retention-pass.ts";
import { type PruningPreview, previewPruning } from "./retention-preview.ts";

/** The lease's name among the settings. */
const LEASE_NAME = "retention.lease";
const LEASE_MILLISECONDS = 120_000;
/** After each step the database belongs to others for so many times as long as the step took, and for this time at least. */
const REST_TIMES = 4;
const REST_LEAST_MILLISECONDS = 10;
/** The first pass comes when the server has started in peace. */
const FIRST_PASS_MILLISECONDS = 60_000;
/** After a pass that failed. */
const RETRY_MILLISECONDS = 60_000;
const MINUTE_MILLISECONDS = 60_000;

export interface RetentionParts extends PassParts {
  readonly timers: Timers;
  readonly owner: string;
  readonly onError: (error: unknown) => void;
}

/** For the metrics. Counted since the start of this server. */
export interface RetentionStatus {
  readonly prunedDeployments: number;
  readonly failures: number;
  /** When a pass last came to its end, epoch milliseconds; null: none has yet. */
  readonly lastRunAt: number | null;
}

export interface Pass {
  readonly id: string;
  readonly report: PassReport;
  readonly isDone: boolean;
  /** Why it ended before its end; absent: it did not. */
  readonly failure?: string | undefined;
}

/** Removes what the rule keeps no longer, now and then and little by little. */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #loop: PacedLoop;
  readonly #onError: (error: unknown) => void;
  /** The pass under way, or the last one. */
  #pass: Pass | null = null;
  #steps: AsyncGenerator<void> | null = null;
  #nextAt = 0;
  #leaseUntil = 0;
  #counts = { prunedBefore: 0, failures: 0 };
  #lastRunAt: number | null = null;
  #waiting: (() => void)[] = [];

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#onError = sparseErrors(parts.onError, parts.timers.now);
    this.#loop = new PacedLoop({ timers: parts.timers, onError: this.#onError, turn: () => this.#turn() });
  }

  get status(): RetentionStatus {
    const { prunedBefore, failures } = this.#counts;
    const underWay = this.#steps === null ? 0 : prunedBy(this.#pass?.report);
    return { prunedDeployments: prunedBefore + underWay, failures, lastRunAt: this.#lastRunAt };
  }

  start(): void {
    this.#nextAt = this.#parts.timers.now() + FIRST_PASS_MILLISECONDS;
    this.#loop.wake();
  }

  /** Begins a pass now, or joins the one that is under way. */
  runNow(): Pass {
    this.#pass = this.#steps !== null && this.#pass !== null ? this.#pass : this.#begin();
    this.#loop.wake();
    return this.#pass;
  }

  /** The pass of that id as it stands when it is done, or after the time; undefined when another one has begun since. */
  async wait(id: string, milliseconds: number): Promise<Pass | undefined> {
    if (this.#pass?.id === id && !this.#pass.isDone) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      const cancel = this.#parts.timers.after(milliseconds, resolve);
      await promise;
      cancel();
      this.#waiting = this.#waiting.filter((one) => one !== resolve);
    }
    return this.#pass?.id === id ? this.#pass : undefined;
  }

  /** What a pass would remove if it began now. */
  preview(): Promise<PruningPreview> {
    return previewPruning(this.#parts, this.#parts.timers.now());
  }

  async close(): Promise<void> {
    await this.#loop.close();
    this.#letGo();
  }

  #begin(): Pass {
    const report = newReport();
    this.#steps = prune(this.#parts, report);
    return { id: randomUUID(), report, isDone: false };
  }

  /** One step, and how long to rest from it. */
  async #turn(): Promise<Pace> {
    const { timers } = this.#parts;
    const startedAt = timers.now();
    if (this.#steps === null) {
      if (startedAt < this.#nextAt) return sleepFor(this.#nextAt - startedAt);
      this.#pass = this.#begin();
    }
    try {
      if (!(await this.#hasLease(startedAt))) {
        this.#end("another server on this database is pruning");
        return sleepFor(this.#nextAt - timers.now());
      }
      const { done } = await this.#steps!.next();
      if (done) this.#end();
    } catch (error) {
      this.#counts.failures += 1;
      this.#onError(error);
      this.#end(reasonOf(error));
      this.#nextAt = timers.now() + RETRY_MILLISECONDS;
    }
    if (this.#steps === null) return sleepFor(this.#nextAt - timers.now());
    const rest = Math.max(REST_LEAST_MILLISECONDS, REST_TIMES * (timers.now() - startedAt));
    return { sleepMilliseconds: rest, restMilliseconds: rest };
  }

  #end(failure?: string): void {
    const { timers, rule } = this.#parts;
    const { id, report } = this.#pass!;
    this.#pass = { id, report, isDone: true, failure };
    this.#steps = null;
    this.#counts.prunedBefore += prunedBy(report);
    this.#nextAt = timers.now() + rule.everyMinutes * MINUTE_MILLISECONDS;
    if (failure === undefined) this.#lastRunAt = timers.now();
    this.#letGo();
  }

  async #hasLease(now: number): Promise<boolean> {
    if (now < this.#leaseUntil - LEASE_MILLISECONDS / 2) return true;
    const until = now + LEASE_MILLISECONDS;
    const lease = { name: LEASE_NAME, owner: this.#parts.owner, now, until };
    if (!(await this.#parts.store.write((transaction) => holdDuty(transaction, lease)))) return false;
    this.#leaseUntil = until;
    return true;
  }

  #letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function prunedBy(report: PassReport | undefined): number {
  return (report?.groups ?? []).reduce((sum, { deployments }) => sum + deployments, 0);
}
