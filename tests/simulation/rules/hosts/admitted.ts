import { hostOf } from "../../hosts/watched-hosts.ts";
import type { Watched, WatchedEvent } from "../../watched.ts";

/** Whether a host was given its first event. */
export function isFirstEvent({ targets }: Watched, { type, body: { targetId, event } }: WatchedEvent): boolean {
  return type === "commandOffered" && targets.get(String(targetId))?.lifecycleEvents[0]?.name === event;
}

/** Zones in their order. Hosts without one come last. */
export function zoneKey(watched: Watched, hostId: string): string {
  return hostOf(watched, hostId)?.zone ?? "\uffff";
}
