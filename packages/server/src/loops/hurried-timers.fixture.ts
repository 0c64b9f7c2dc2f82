import { afterEach } from "vitest";
import type { Timers } from "./timers.ts";

const TICK_MILLISECONDS = 2;
/** Of a tick that comes later than this the rest does not count. */
const MAX_TICK_MILLISECONDS = 20;

const ticking = new Set<NodeJS.Timeout>();
afterEach(() => {
  for (const timer of ticking) clearInterval(timer);
  ticking.clear();
});

/**
 * Time that passes `speed` times as fast, until the end of the test. It stands still while the process is kept from the processor: hurried
 * by the clock on the wall, an hour of patience would be over on a busy machine before anybody had done anything.
 */
export function hurriedTimers(speed: number): Timers {
  let now = Date.now();
  let tickedAt = performance.now();
  const waiting = new Set<{ readonly at: number; readonly action: () => void }>();
  const tick = () => {
    const at = performance.now();
    now += Math.min(at - tickedAt, MAX_TICK_MILLISECONDS) * speed;
    tickedAt = at;
    const due = [...waiting].filter((entry) => entry.at <= now).sort((one, other) => one.at - other.at);
    for (const entry of due) if (waiting.delete(entry)) entry.action();
  };
  ticking.add(setInterval(tick, TICK_MILLISECONDS));
  return {
    now: () => Math.floor(now),
    after(milliseconds, action) {
      const entry = { at: now + milliseconds, action };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
  };
}
