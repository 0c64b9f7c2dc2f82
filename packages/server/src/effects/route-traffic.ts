import type { Effect } from "@sluice/engine/event.ts";
import { isHost } from "@sluice/engine/host-targets.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { Store } from "../store/open-store.ts";
import { loadSomeTargets } from "../store/targets.ts";
import { requestOfActive, routedHosts } from "../traffic/routed-hosts.ts";

export interface RoutingParts {
  readonly store: Store;
  readonly trafficRouter: TrafficRouter;
}

type RouteTraffic = Extract<Effect, { kind: "routeTraffic" }>;

/**
 * Asks the load balancers for one host's traffic event, once. Undefined: the event is not under way any more (its deployment ended, or
 * gave it up), so that a late attempt of an old wish cannot undo a newer one.
 */
export async function routeTraffic(
  { store, trafficRouter }: RoutingParts,
  deploymentId: string,
  { targetId, event, attempt }: RouteTraffic,
  signal: AbortSignal,
): Promise<PortOutcome | undefined> {
  const request = await requestOfActive(store, deploymentId);
  const [target] = request ? await loadSomeTargets(store, deploymentId, [targetId]) : [];
  if (!request || target?.command?.event !== event || target.command.attempt !== attempt) return undefined;
  if (!isHost(target)) return undefined;
  const [host] = await routedHosts(store, [{ hostId: targetId, hostName: target.hostName }], request);
  if (!host) return undefined;
  return event === "BlockTraffic" ? trafficRouter.block(host, signal) : trafficRouter.allow(host, signal);
}
