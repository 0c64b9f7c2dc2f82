import { setTimeout as wait } from "node:timers/promises";

const LOOK_EVERY_MILLISECONDS = 60;
/** Proves nothing about speed: it only ends, with a name, what would otherwise hang. */
const HANGS_AFTER_MILLISECONDS = 500_000;

/** Looks until there is something (not undefined, not false), and returns it. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const hangsAt = Date.now() + HANGS_AFTER_MILLISECONDS;
  while (true) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > hangsAt) throw new Error(`this never came: ${what}`);
    await wait(LOOK_EVERY_MILLISECONDS);
  }
}
