import { hostOf, isRefused } from "../../hosts/watched-hosts.ts";
import type { Watched, WatchedEvent } from "../../watched.ts";

/** Whether a host was given its first event. What a host that cannot be restarted fails in is given to nobody. */
export function isFirstEvent(watched: Watched, { type, body: { targetId, event } }: WatchedEvent): boolean {
  const target = hostOf(watched, String(targetId));
  if (type !== "commandOffered" || !target || isRefused(target)) return false;
  return target.lifecycleEvents[0]?.name === event;
}

/** Zones in their order. Hosts without one come last. */
export function zoneKey(watched: Watched, hostId: string): string {
  return hostOf(watched, hostId)?.zone ?? "\uffff";
}
