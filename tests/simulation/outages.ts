/** When nothing of what hosts say can reach the server: it is down, or its door is deaf; or both at once. */
export class Outages {
  readonly #now: () => number;
  readonly #spans: { readonly from: number; until: number }[] = [];
  #causes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(): void {
    if (this.#causes++ === 0) this.#spans.push({ from: this.#now(), until: Number.POSITIVE_INFINITY });
  }

  end(): void {
    const last = this.#spans.at(-1);
    if (--this.#causes === 0 && last) last.until = this.#now();
  }

  /** How much of the time since then the server could be reached, in milliseconds. */
  reachableMilliseconds(since: number): number {
    const now = this.#now();
    const away = this.#spans
      .map(({ from, until }) => Math.min(now, until) - Math.max(since, from))
      .reduce((sum, milliseconds) => sum + Math.max(0, milliseconds), 0);
    return now - since - away;
  }
}
