/** How long a synchronous stretch of work may keep the agent from polling and from its heartbeat. */
const STRETCH_MILLISECONDS = 15;

/** Lets the event loop run every few milliseconds inside a loop of synchronous file operations. */
export class YieldingLoop {
  readonly #signal: AbortSignal | undefined;
  #stretchEnds = performance.now() + STRETCH_MILLISECONDS;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Costs nothing but a look at the clock, save once a stretch. @throws the signal's reason when aborted */
  next(): Promise<void> | undefined {
    if (performance.now() < this.#stretchEnds) return undefined;
    return this.#yield();
  }

  async #yield(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal?.throwIfAborted();
    this.#stretchEnds = performance.now() + STRETCH_MILLISECONDS;
  }
}
