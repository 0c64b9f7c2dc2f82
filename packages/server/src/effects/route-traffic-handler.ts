import type { TrafficReport } from "@sluice/engine/observation.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type EffectHandler, SUPERSEDED } from "./effect-handler.ts";
import { type RoutingParts, routeTraffic } from "./route-traffic.ts";

/** One host's traffic event. A balancer is asked for as long as the planner wants it to be. */
export function routeTrafficHandler(
  parts: RoutingParts & { readonly now: () => number },
): EffectHandler<"routeTraffic"> {
  return {
    async attempt({ deploymentId, effect }, signal) {
      const report = await routeTraffic(parts, deploymentId, effect, signal);
      if (!report) return SUPERSEDED;
      const { retryAfterMilliseconds, ...progress } = report;
      if (progress.outcome !== "pending") return { ended: progress };
      return { postponed: { runAt: parts.now() + retryAfterMilliseconds, progress, isUnderWay: true } };
    },
    vainBy(error, { effect: { event, attempt } }) {
      const progress: TrafficReport = { event, attempt, outcome: "pending", detail: reasonOf(error) };
      return { error, progress };
    },
  };
}
