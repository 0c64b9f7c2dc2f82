import { hostsOf, isRestart } from "../../hosts/watched-hosts.ts";
import type { Watched } from "../../watched.ts";

/** Whether a deployment that failed or was stopped left anything to take back: a host touched in place, traffic moved between fleets. */
export function canGoBack(watched: Watched, hasSuccess: boolean): boolean {
  if (watched.head.strategy.type === "blue-green") {
    return hostsOf(watched).some(({ lifecycleEvents }) =>
      lifecycleEvents.some(
        ({ name, startedAt }) => startedAt !== null && (name === "BlockTraffic" || name === "AllowTraffic"),
      ),
    );
  }
  // A restart installs nothing.
  return hasSuccess && !isRestart(watched) && hostsOf(watched).some(({ status }) => status !== "Skipped");
}
