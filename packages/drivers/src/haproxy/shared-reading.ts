/**
 * Answers many askers at once. A reading that is under way may have begun before what its asker has just brought about, so whoever asks
 * meanwhile gets the next one, which all of them share: however many hosts are waited for, one reading follows the other.
 */
export class SharedReading<Value> {
  readonly #read: () => Promise<Value>;
  #underWay: Promise<unknown> | null = null;
  #next: Promise<Value> | null = null;

  /** @param read is on nobody's behalf alone, so it has to come to an end by itself */
  constructor(read: () => Promise<Value>) {
    this.#read = read;
  }

  /** Of a reading that begins after this call. Rejects with the reading's error, or with the signal's reason. */
  async ask(signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted();
    this.#next ??= this.#after(this.#underWay);
    return unlessAborted(this.#next, signal);
  }

  async #after(before: Promise<unknown> | null): Promise<Value> {
    // Without one under way this still lets those join who ask in the same moment.
    await Promise.resolve(before).catch(() => {});
    this.#next = null;
    const reading = this.#read();
    this.#underWay = reading;
    try {
      return await reading;
    } finally {
      if (this.#underWay === reading) this.#underWay = null;
    }
  }
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
