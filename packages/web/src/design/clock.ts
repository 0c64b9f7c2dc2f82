import { useSyncExternalStore } from "react";

/** One clock for all that ticks, and none where nothing does. No request goes with it. */
const TICK_MILLISECONDS = 1000;

let now = wholeSecond();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = wholeSecond();
    timer = setInterval(() => {
      now = wholeSecond();
      for (const each of listeners) each();
    }, TICK_MILLISECONDS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const still = () => () => {};

/** Epoch milliseconds, new each second while `isTicking`. */
export function useNow(isTicking = true): number {
  return useSyncExternalStore(isTicking ? subscribe : still, () => (timer === undefined ? wholeSecond() : now));
}

/** The same within a second: a snapshot that changes with each look would render for ever. */
function wholeSecond(): number {
  return Math.floor(Date.now() / TICK_MILLISECONDS) * TICK_MILLISECONDS;
}
