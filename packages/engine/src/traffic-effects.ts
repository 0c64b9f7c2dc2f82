import { isTrafficEvent, type TrafficEventName } from "@sluice/model/lifecycle-event.ts";
import type { DeploymentEvent, Effect } from "./event.ts";

/**
 * What load balancers have to do because of these events. Planner and hot path alike write it down in the transaction that made the
 * events, so that no death of a server can come between a traffic event and its being carried out.
 */
export function trafficEffects(deploymentId: string, events: readonly DeploymentEvent[]): Effect[] {
  return events.flatMap((happened): Effect[] => {
    if (happened.type !== "commandOffered" || !isTrafficEvent(happened.event)) return [];
    const { targetId, event, attempt } = happened;
    return [
      {
        kind: "routeTraffic",
        key: trafficEffectKey(deploymentId, targetId, event, attempt),
        targetId,
        event,
        attempt,
      },
    ];
  });
}

export function trafficEffectKey(
  deploymentId: string,
  targetId: string,
  event: TrafficEventName,
  attempt: number,
): string {
  return `${deploymentId}/${targetId}/${event}/${attempt}`;
}
