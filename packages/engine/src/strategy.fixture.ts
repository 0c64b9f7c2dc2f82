import type { HostRules, HostWay, Strategy } from "./state.ts";

/** All hosts at once, and no failure is forgiven. */
const USUAL_RULES: HostRules = {
  healthRule: { type: "HOST_COUNT", value: 0 },
  ignoreApplicationStopFailures: false,
};

/** A strategy for a test that says of hosts' rules only what it is about. One that has its rules keeps what is not given. */
export function strategyWith(way: HostWay | Strategy, rules: Partial<HostRules> = {}): Strategy {
  switch (way.type) {
    case "in-place":
    case "blue-green":
    case "blue-green-rollback":
      return { ...USUAL_RULES, ...way, ...rules };
    default:
      return way;
  }
}
