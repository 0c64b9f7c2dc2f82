/** Time, as the runner knows it: replaced whole by the simulation. */
export interface Timers {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `action` once, `milliseconds` from now; the answer cancels it. */
  after(milliseconds: number, action: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
