import type { Timers } from "./timers.ts";

/** For so long another server leaves alone what one that died had under way. */
export const LEASE_MILLISECONDS = 10_000;
/** How often a lease is renewed while its attempt goes on; most attempts end before the first time. */
const RENEWAL_MILLISECONDS = 3_000;

export interface LeaseParts {
  readonly timers: Timers;
  /** Writes down that the lease lasts until then. */
  readonly renew: (until: number) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Renews a lease for as long as what it is for goes on: an attempt may take far longer than another server is to wait for a dead one.
 * @returns what ends it; resolves when nothing is written about the lease any more
 */
export function keepLease({ timers, renew, onError }: LeaseParts): () => Promise<void> {
  let isOver = false;
  let renewal = Promise.resolve();
  let cancelTimer = () => {};
  const renewLater = () => {
    if (isOver) return;
    cancelTimer = timers.after(RENEWAL_MILLISECONDS, () => {
      renewal = renew(timers.now() + LEASE_MILLISECONDS).then(renewLater, (error: unknown) => {
        onError(error);
        renewLater();
      });
    });
  };
  renewLater();
  return () => {
    isOver = true;
    cancelTimer();
    return renewal;
  };
}
