/** Lines of one caller, operation and code in a minute; further refusals are counted. */
export const MAX_REFUSAL_LINES_A_MINUTE = 5;
/** Lines about callers who proved nothing, of all of them together, in a minute. */
export const MAX_UNPROVED_LINES_A_MINUTE = 60;
/** Callers, operations and codes that are told apart in a minute; all others are counted together. */
export const MAX_TOLD_REFUSALS = 5_000;
export const MAX_TOLD_UNPROVED_REFUSALS = 500;

const MINUTE_MILLISECONDS = 60_000;

/** Writes the line once more, for so many refusals that had none. `areOthers`: they are of several callers, of whom the line names one. */
export type TellRepeated = (repeated: number, areOthers: boolean) => void;

interface Counted {
  lines: number;
  repeated: number;
  tell: TellRepeated;
}

/** How many refusals are written, so that nobody fills the disk by being refused. A minute begins with its first refusal. */
export class RefusalBudget {
  readonly #linesAMinute: number;
  readonly #mostTold: number;
  #counted = new Map<string, Counted>();
  #linesLeft: number;
  #minuteBeganAt = Number.NEGATIVE_INFINITY;

  /** @param linesAMinute of all callers together */
  constructor(linesAMinute: number, mostTold: number) {
    this.#linesAMinute = linesAMinute;
    this.#linesLeft = linesAMinute;
    this.#mostTold = mostTold;
  }

  /** Whether the refusal gets a line. One that gets none is told with the others like it when the minute is over. */
  takes(key: string, now: number, tell: TellRepeated): boolean {
    if (Math.abs(now - this.#minuteBeganAt) >= MINUTE_MILLISECONDS) {
      this.flush();
      this.#minuteBeganAt = now;
    }
    const slot = this.#counted.has(key) || this.#counted.size < this.#mostTold ? key : "";
    const counted = this.#counted.get(slot) ?? { lines: 0, repeated: 0, tell };
    this.#counted.set(slot, counted);
    if (slot !== "" && counted.lines < MAX_REFUSAL_LINES_A_MINUTE && this.#linesLeft > 0) {
      counted.lines += 1;
      this.#linesLeft -= 1;
      return true;
    }
    counted.repeated += 1;
    counted.tell = tell;
    return false;
  }

  /** Ends the minute: what was only counted is told. */
  flush(): void {
    const counted = this.#counted;
    this.#counted = new Map();
    this.#linesLeft = this.#linesAMinute;
    const silent = [...counted.values()].filter(({ repeated }) => repeated > 0);
    // Those that had lines are told one by one; all others together, so that a minute never has more lines than the budget twice.
    const others = silent.filter(({ lines }) => lines === 0);
    for (const { repeated, tell, lines } of silent) if (lines > 0) tell(repeated, false);
    const sum = others.reduce((total, { repeated }) => total + repeated, 0);
    others[0]?.tell(sum, true);
  }
}
