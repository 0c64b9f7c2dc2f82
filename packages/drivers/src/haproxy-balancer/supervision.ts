/** Looks after something now and then, from the first time on that it is asked to. */
export class Supervision {
  readonly #look: () => Promise<number>;
  readonly #failedMilliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  #isClosed = false;

  /**
   * @param look says in how many milliseconds the next look comes; it never runs twice at a time
   * @param failedMilliseconds the same, after a look that failed
   */
  constructor(look: () => Promise<number>, failedMilliseconds: number) {
    this.#look = look;
    this.#failedMilliseconds = failedMilliseconds;
  }

  /** In so many milliseconds, if no look is due already; 0: now. */
  within(milliseconds: number): void {
    if (this.#isClosed || (this.#isDue && milliseconds > 0)) return;
    clearTimeout(this.#timer);
    this.#isDue = true;
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch(() => this.#failedMilliseconds)
        .then((next) => {
          this.#isDue = false;
          this.within(next);
        });
    }, milliseconds);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
