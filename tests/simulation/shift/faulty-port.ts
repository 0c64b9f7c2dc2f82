import type { Random } from "../random.ts";
import type { SimulatedTime } from "../simulated-time.ts";
import { Unreachable } from "../unreachable.ts";
import type { ShiftFaultRates } from "./shift-scenario.ts";

/** What a port may take for one call at most, on its way there or back. */
export const MAX_SLOW_MILLISECONDS = 4_000;

export interface FaultyPortParts {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly faults: () => ShiftFaultRates;
  readonly onFault: (fault: string) => void;
}

/** The way to the outside and back: calls that get lost, are refused, are late, or are done without anybody hearing of it. */
export class FaultyPort {
  readonly #parts: FaultyPortParts;

  constructor(parts: FaultyPortParts) {
    this.#parts = parts;
  }

  /** Something that changes nothing. */
  async look<T>(ask: () => Promise<T>): Promise<T> {
    await this.#reach();
    const answer = await ask();
    await this.#takeTime();
    return answer;
  }

  /**
   * Something that changes the outside. Calls end with their caller: what was not heeded by then never is.
   *
   * @param signal aborted when the caller has gone
   */
  async change<T>(
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<T | { readonly outcome: "failed"; readonly reason: string }> {
    const { random, faults, onFault } = this.#parts;
    await this.#reach();
    if (random.chance(faults().portRefuses)) {
      onFault("portRefuses");
      return { outcome: "failed", reason: "no" };
    }
    // The call takes its time before it is heeded, or its answer does.
    if (random.chance(0.5)) await this.#takeTime();
    signal.throwIfAborted();
    const answer = await ask();
    await this.#takeTime();
    if (!random.chance(faults().portAnswerLost)) return answer;
    onFault("portAnswerLost");
    throw new Unreachable("the answer was lost");
  }

  async #reach(): Promise<void> {
    const { random, faults, onFault } = this.#parts;
    if (!random.chance(faults().portUnreachable)) return;
    onFault("portUnreachable");
    throw new Unreachable("the platform does not answer");
  }

  async #takeTime(): Promise<void> {
    const { time, random, faults, onFault } = this.#parts;
    if (!random.chance(faults().portSlow)) return;
    onFault("portSlow");
    await time.sleep(random.integer(100, MAX_SLOW_MILLISECONDS));
  }
}
