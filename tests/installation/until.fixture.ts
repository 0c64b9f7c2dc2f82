import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MILLISECONDS = 60;
/** A look is often a call to a server, and most of a long wait's cost: what has not come for seconds is looked for less often, and still soon. */
const LOOKS_PER_TIME_WAITED = 20;
const LOOK_AT_LEAST_EVERY_MILLISECONDS = 300;
/** Proves nothing about speed: it only ends, with a name, what would otherwise hang. */
const HANGS_AFTER_MILLISECONDS = 500_000;

/** Looks until there is something (not undefined, not false), and returns it. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const begun = Date.now();
  while (true) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    const waited = Date.now() - begun;
    if (waited > HANGS_AFTER_MILLISECONDS) throw new Error(`this never came: ${what}`);
    await wait(pauseAfter(waited));
  }
}

function pauseAfter(waitedMilliseconds: number): number {
  const pause = waitedMilliseconds / LOOKS_PER_TIME_WAITED;
  return Math.min(Math.max(pause, LOOK_EVERY_MILLISECONDS), LOOK_AT_LEAST_EVERY_MILLISECONDS);
}
