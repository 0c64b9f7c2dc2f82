import type { TargetState } from "@sluice/engine/state.ts";
import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { type HostRule, hostOf, hostsOf } from "../../hosts/watched-hosts.ts";
import { requiredHealthy } from "./required-healthy.ts";

/** Whoever goes out of one fleet leaves the other one serving. */
export const SERVING: HostRule = {
  name: "no traffic is taken away before enough others serve",
  watch: ({ deployments, balancer }, violated) => ({
    trafficAsked(wish, groupId, hostId) {
      const watched = wish === "out" ? deployments.asOfNow(groupId) : undefined;
      const leaving = watched && hostOf(watched, hostId);
      if (!watched || !leaving || watched.row.status === "Created") return;
      if (watched.head.stage === "withhold" && leaving.label === "Green") return;
      const { strategy } = watched.head;
      const { healthRule } = hostRulesOf(watched.head);
      const serving = (targets: readonly TargetState[]) =>
        targets.filter(({ targetId }) => balancer.trafficOf(groupId, targetId) === "serving").length;
      switch (strategy.type) {
        case "in-place": {
          const succeeded = hostsOf(watched).filter(({ status }) => status === "Succeeded");
          if (strategy.hasTrafficControl && serving(succeeded) < succeeded.length) {
            violated(watched.id, `takes ${hostId} out while hosts that succeeded do not serve`);
          }
          return;
        }
        case "blue-green":
        case "blue-green-rollback": {
          const others = hostsOf(watched, strategy.type === "blue-green" ? "Green" : "Blue");
          const allowed = others.filter(({ lifecycleEvents }) =>
            lifecycleEvents.some(({ name, startedAt }) => name === "AllowTraffic" && startedAt !== null),
          );
          // On the way back there may be no original of which the traffic had been moved: then they all serve.
          // A number of hosts that the second fleet had may be more than there are of the first.
          const minimum = Math.min(others.length, Math.max(1, requiredHealthy(healthRule, others.length)));
          const atLeast =
            strategy.type === "blue-green" ? Math.max(1, requiredHealthy(healthRule, allowed.length)) : minimum;
          const now = serving(others);
          if (now >= atLeast) return;
          violated(
            watched.id,
            `takes ${hostId} out while ${now} of the ${others.length} others serve, at least ${atLeast} must`,
          );
        }
      }
    },
  }),
};
