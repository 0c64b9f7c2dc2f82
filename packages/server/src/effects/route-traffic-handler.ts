import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { attemptOf } from "./port-attempt.ts";
import { type RoutingParts, routeTraffic } from "./route-traffic.ts";

/** One host's traffic event. A balancer is asked for as long as the planner wants it to be. */
export function routeTrafficHandler(
  parts: RoutingParts & { readonly now: () => number },
): EffectHandler<"routeTraffic"> {
  return {
    async attempt({ deploymentId, effect }, signal) {
      const outcome = await routeTraffic(parts, deploymentId, effect, signal);
      return outcome ? attemptOf(outcome, parts.now()) : SUPERSEDED;
    },
    vainBy: (error) => ({ error, progress: { outcome: "pending", detail: reasonOf(error) } }),
  };
}
