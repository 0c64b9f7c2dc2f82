import { nameHosts } from "@sluice/engine/messages.ts";
import {
  darkAt,
  type HostLiveness,
  type Obstacle,
  type TargetCandidate,
  type TargetResolution,
} from "@sluice/engine/observation.ts";
import { rehearse } from "@sluice/engine/preflight.ts";
import type { DeploymentState } from "@sluice/engine/state.ts";

/**
 * What keeps a blue/green deployment from coming to its end as its hosts are now: it is not started, since it would leave traffic half
 * moved, or a fleet half deployed, for nothing. Undefined: it can finish, or something else keeps it from starting.
 */
export function unfinishable(
  created: DeploymentState,
  resolution: TargetResolution,
  hosts: ReadonlyMap<string, HostLiveness>,
  now: number,
): Obstacle | undefined {
  if (created.strategy.type !== "blue-green" || created.stopRequestedAt !== null) return undefined;
  if (resolution.outcome !== "resolved" || resolution.obstacle) return undefined;
  const { end } = rehearse(created, resolution, hosts, now);
  if (end.targets === null || end.status === "Succeeded" || end.error === null) return undefined;
  const { candidates, replacements = [] } = resolution;
  const isDark = ({ targetId }: TargetCandidate) => darkAt(hosts.get(targetId), created.createdAt) <= now;
  const silent = [
    ["replacement", replacements.filter(isDark)],
    ["original", candidates.filter(isDark)],
  ] as const;
  const named = silent
    .filter(([, dark]) => dark.length > 0)
    .map(([fleet, dark]) => `${dark.length} ${fleet} ${dark.length === 1 ? "host" : "hosts"} (${nameHosts(dark)})`);
  const { code } = end.error;
  const cause =
    named.length > 0
      ? `it could not finish while ${named.join(" and ")} cannot be heard. Start the agents (sluice hosts list shows them), or retire hosts that are gone with sluice hosts remove.`
      : `with all its hosts well it would end as ${end.status}, by its own settings. ${end.error.message}`;
  const message = `The deployment was not started and nothing was touched: ${cause}`;
  return { status: "Failed", error: { code, message } };
}
