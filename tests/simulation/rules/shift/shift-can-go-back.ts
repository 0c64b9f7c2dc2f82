import { isForward } from "../../shift/watched-shifts.ts";
import type { Watched } from "../../watched.ts";

/** A shift leaves something to take back from the first thing on that it asks its platform for. */
export function canGoBack(watched: Watched): boolean {
  if (!isForward(watched)) return false;
  return [...watched.targets.values()].some(({ lifecycleEvents }) =>
    lifecycleEvents.some(({ by, startedAt }) => by === "platform" && startedAt !== null),
  );
}
