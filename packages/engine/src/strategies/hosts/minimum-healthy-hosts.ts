import { invariant } from "@sluice/model/invariant.ts";
import type { HealthRule } from "../../state.ts";

/**
 * How many hosts have to stay healthy, fixed when the deployment starts (codedeploy-semantics.md, section 4).
 *
 * A percentage is rounded up, so 95 % of 10 is 10. One host alone is the exception: any percentage of it would round up to the
 * host itself and no deployment could ever start, so there it is 0.
 */
export function minimumHealthyHosts(rule: HealthRule, targetCount: number): number {
  switch (rule.type) {
    case "HOST_COUNT":
      return rule.value;
    case "FLEET_PERCENT":
      return targetCount === 1 ? 0 : Math.ceil((targetCount * rule.value) / 100);
    case "MOST_CONCURRENCY":
      invariant(rule.value >= 1, "a concurrency of at least one host");
      return Math.max(targetCount - rule.value, 0);
    default: {
      const never: never = rule.type;
      return never;
    }
  }
}
