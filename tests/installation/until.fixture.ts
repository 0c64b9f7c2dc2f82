import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MILLISECONDS = 60;
/** A look is often a call to a server, and most of a long wait's cost: what has not come for seconds is looked for less often, and still soon. */
const LOOKS_PER_TIME_WAITED = 20;
const LOOK_AT_LEAST_EVERY_MILLISECONDS = 300;
/** Proves nothing about speed: it only ends, with a name, what would otherwise hang. */
const HANGS_AFTER_MILLISECONDS = 500_000;

type Found<T> = Exclude<T, undefined | false>;

/** Looks until there is something (not undefined, not false), and returns it. */
export function until<T>(what: string, look: () => T | Promise<T>): Promise<Found<T>> {
  return lookUntil(what, look, pauseAfter);
}

/** The same, for looks that watch what is there meanwhile, or when it changes: they stay as close together as they begin. */
export function watchUntil<T>(what: string, look: () => T | Promise<T>): Promise<Found<T>> {
  return lookUntil(what, look, () => LOOK_EVERY_MILLISECONDS);
}

async function lookUntil<T>(
  what: string,
  look: () => T | Promise<T>,
  pauseMilliseconds: (waitedMilliseconds: number) => number,
): Promise<Found<T>> {
  const begun = Date.now();
  while (true) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Found<T>;
    const waited = Date.now() - begun;
    if (waited > HANGS_AFTER_MILLISECONDS) throw new Error(`this never came: ${what}`);
    await wait(pauseMilliseconds(waited));
  }
}

function pauseAfter(waitedMilliseconds: number): number {
  const pause = waitedMilliseconds / LOOKS_PER_TIME_WAITED;
  return Math.min(Math.max(pause, LOOK_EVERY_MILLISECONDS), LOOK_AT_LEAST_EVERY_MILLISECONDS);
}
