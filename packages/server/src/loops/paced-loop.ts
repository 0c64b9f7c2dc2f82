import type { Timers } from "./timers.ts";

/** After a turn that failed (the database is away), so that the loop does not spin. */
export const FAILED_TURN_MILLISECONDS = 1_000;

export interface Pace {
  /** The next turn comes after this, unless the loop is woken before. */
  readonly sleepMilliseconds: number;
  /** However often it is woken, not before this. */
  readonly restMilliseconds: number;
}

export interface PacedLoopDependencies {
  readonly timers: Timers;
  readonly turn: () => Promise<Pace>;
  readonly onError: (error: unknown) => void;
  /** Between a wake-up and its turn, so that those that come together are one; absent: none. */
  readonly gatherMilliseconds?: number | undefined;
}

/** Turn after turn, one at a time: when woken, and when it has slept. Many wake-ups during one turn, or one rest, are one turn. */
export class PacedLoop {
  readonly #dependencies: PacedLoopDependencies;
  readonly #gatherMilliseconds: number;
  #cancelTimer: () => void = () => {};
  #isTurning = false;
  #turned: Promise<void> = Promise.resolve();
  #isDue = false;
  #rest = { milliseconds: 0, until: 0 };
  #closed = false;

  constructor(dependencies: PacedLoopDependencies) {
    this.#dependencies = dependencies;
    this.#gatherMilliseconds = dependencies.gatherMilliseconds ?? 0;
  }

  wake(): void {
    if (this.#closed || this.#isDue) return;
    this.#isDue = true;
    if (!this.#isTurning) this.#beginAfter(this.#gatherMilliseconds);
  }

  /** Waits for a turn that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#turned;
  }

  #beginAfter(milliseconds: number): void {
    this.#cancelTimer();
    const wait = Math.max(milliseconds, this.#restLeft());
    if (wait <= 0) this.#begin();
    else this.#cancelTimer = this.#dependencies.timers.after(wait, () => this.#begin());
  }

  /** A clock that is set back meanwhile makes no rest longer. */
  #restLeft(): number {
    const { milliseconds, until } = this.#rest;
    return Math.min(milliseconds, until - this.#dependencies.timers.now());
  }

  #begin(): void {
    if (this.#closed || this.#isTurning) return;
    this.#isDue = false;
    // Before the turn, which may wake the loop at once.
    this.#isTurning = true;
    this.#turned = this.#turn().then(({ sleepMilliseconds, restMilliseconds }) => {
      this.#isTurning = false;
      if (this.#closed) return;
      const { timers } = this.#dependencies;
      this.#rest = { milliseconds: restMilliseconds, until: timers.now() + restMilliseconds };
      if (this.#isDue) return this.#beginAfter(this.#gatherMilliseconds);
      // By a timer also when it is at once: others must get their turn too.
      const wait = Math.max(0, sleepMilliseconds, restMilliseconds);
      this.#cancelTimer = timers.after(wait, () => this.#begin());
    });
  }

  async #turn(): Promise<Pace> {
    try {
      return await this.#dependencies.turn();
    } catch (error) {
      this.#dependencies.onError(error);
      return { sleepMilliseconds: FAILED_TURN_MILLISECONDS, restMilliseconds: FAILED_TURN_MILLISECONDS };
    }
  }
}

/** Any wake-up ends it. */
export function sleepFor(milliseconds: number): Pace {
  return { sleepMilliseconds: Math.max(0, milliseconds), restMilliseconds: 0 };
}
