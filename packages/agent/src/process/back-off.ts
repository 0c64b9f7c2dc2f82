/**
 * The first retry is quick, since most outages are a restart of the server; the last ones are as rare as heartbeats, and no rarer: whoever
 * waits longer than the server's patience is taken for silent.
 */
export const BACK_OFF_FIRST_MILLISECONDS = 100;
export const BACK_OFF_CAP_MILLISECONDS = 5_000;
const BACK_OFF_FACTOR = 2;
/** Each wait is between half and all of its nominal length, so that hosts that lost the server together do not return together. */
const JITTER_FRACTION = 0.5;

export interface BackOffLimits {
  readonly firstMs: number;
  readonly capMs: number;
}

export class BackOff {
  readonly #limits: BackOffLimits;
  #nextMs: number;

  constructor(limits: BackOffLimits = { firstMs: BACK_OFF_FIRST_MILLISECONDS, capMs: BACK_OFF_CAP_MILLISECONDS }) {
    this.#limits = limits;
    this.#nextMs = limits.firstMs;
  }

  /** How long to wait before the next try, in milliseconds. */
  next(): number {
    const nominal = Math.min(this.#nextMs, this.#limits.capMs);
    this.#nextMs = Math.min(nominal * BACK_OFF_FACTOR, this.#limits.capMs);
    return nominal * (1 - JITTER_FRACTION * Math.random());
  }

  /** After a success. */
  reset(): void {
    this.#nextMs = this.#limits.firstMs;
  }
}

/** Resolves after `milliseconds`, or at once when `signal` aborts (it never rejects: look at the signal). */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });
}
