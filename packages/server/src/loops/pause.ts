import type { Timers } from "./timers.ts";

/** Resolves after the time, or as soon as the signal aborts. */
export function pause(timers: Timers, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = timers.after(milliseconds, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
