import { plural } from "../plural.ts";
import type { HostScenario } from "./host-scenario.ts";

export function describeHosts({ hosts }: HostScenario): string {
  return plural(hosts.length, "host");
}

export function hostLines({ hosts, groups }: HostScenario): string[] {
  const odd = hosts
    .filter(({ nature, isOld }) => nature !== "honest" || isOld)
    .map(({ hostId, nature, isOld }) => `${hostId} ${nature}${isOld ? ", with an old agent" : ""}`);
  return [
    ...groups.map(
      ({ name, strategy, healthRule, members, others }) =>
        `  ${name}: ${strategy.type}, ${healthRule.type} ${healthRule.value}, on ${[...members, ...others].join(" ")}`,
    ),
    ...(odd.length > 0 ? [`  ${odd.join(", ")}`] : []),
  ];
}

export function namesIn({ hosts }: HostScenario): string[] {
  return hosts.map(({ hostId }) => hostId);
}
