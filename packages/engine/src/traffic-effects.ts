import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { DeploymentEvent, Effect } from "./event.ts";

/**
 * What load balancers have to do because of these events. Planner and hot path alike write it down in the transaction that made the
 * events, so that no death of a server can come between a traffic event and its being carried out.
 */
export function trafficEffects(deploymentId: string, events: readonly DeploymentEvent[]): Effect[] {
  return events.flatMap((happened): Effect[] => {
    if (happened.type !== "commandOffered" || happened.by !== "balancer") return [];
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
  event: LifecycleEventName,
  attempt: number,
): string {
  return `${deploymentId}/${targetId}/${event}/${attempt}`;
}
