/** What happened in a world, in the order in which it happened, for a person to read. Kept only where it is asked for. */
export class Chronicle {
  readonly isKept: boolean;
  readonly #now: () => number;
  readonly #lines: { readonly at: number; readonly who: string; readonly what: string }[] = [];

  /** `now`: milliseconds since the world's beginning. */
  constructor(isKept: boolean, now: () => number) {
    this.isKept = isKept;
    this.#now = now;
  }

  note(who: string, what: string): void {
    if (this.isKept) this.#lines.push({ at: this.#now(), who, what });
  }

  get lines(): readonly string[] {
    return this.#lines.map(({ at, who, what }) => `${(at / 1000).toFixed(3).padStart(9)} s  ${who}: ${what}`);
  }
}
