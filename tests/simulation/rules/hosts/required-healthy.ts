import type { HealthRule, HostTarget } from "@sluice/engine/state.ts";
import { hostsOf } from "../../hosts/watched-hosts.ts";
import type { Watched } from "../../watched.ts";

/** codedeploy-semantics.md, section 4, without rounding: the smallest number of hosts that is no less than the share. */
export function requiredHealthy(rule: HealthRule, targetCount: number): number {
  if (rule.type === "HOST_COUNT") return rule.value;
  if (rule.type === "MOST_CONCURRENCY") return Math.max(0, targetCount - rule.value);
  if (targetCount === 1) return 0;
  let hosts = 0;
  while (hosts * 100 < targetCount * rule.value) hosts++;
  return hosts;
}

/** The hosts that get the revision: all of them in place, the replacements otherwise; on the way back of a blue/green one, none. */
export function installedTo(watched: Watched): HostTarget[] {
  switch (watched.head.strategy.type) {
    case "in-place":
      return hostsOf(watched);
    case "blue-green":
      return hostsOf(watched, "Green");
    default:
      return [];
  }
}
