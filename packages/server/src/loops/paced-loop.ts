import type { Timers } from "./timers.ts";

/** After a turn that failed (the database is away), so that the loop does not spin. */
const FAILED_TURN_MILLISECONDS = 1_000;

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
}

/** Turn after turn, one at a time: when woken, and when it has slept. Many wake-ups during one rest are one turn. */
export class PacedLoop {
  readonly #dependencies: PacedLoopDependencies;
  #cancelTimer: () => void = () => {};
  #turning: Promise<void> | null = null;
  #isDue = false;
  #restsUntil = 0;
  #closed = false;

  constructor(dependencies: PacedLoopDependencies) {
    this.#dependencies = dependencies;
  }

  wake(): void {
    if (this.#closed || this.#isDue) return;
    this.#isDue = true;
    if (this.#turning === null) this.#sleep(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#turning;
  }

  #sleep(milliseconds: number): void {
    const { timers } = this.#dependencies;
    this.#cancelTimer();
    const wait = Math.max(milliseconds, this.#restsUntil - timers.now());
    if (wait <= 0) this.#begin();
    else this.#cancelTimer = timers.after(wait, () => this.#begin());
  }

  #begin(): void {
    if (this.#closed || this.#turning !== null) return;
    this.#isDue = false;
    this.#turning = this.#turn().then((pace) => {
      this.#turning = null;
      if (this.#closed) return;
      this.#restsUntil = this.#dependencies.timers.now() + pace.restMilliseconds;
      this.#sleep(this.#isDue ? 0 : pace.sleepMilliseconds);
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
