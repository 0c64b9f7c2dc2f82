import type { HealthRule } from "@sluice/engine/state.ts";
import { minimumHealthyHosts } from "@sluice/engine/strategies/hosts/minimum-healthy-hosts.ts";
import { hostState } from "../hosts/host-summary.ts";
import type { Liveness } from "../hosts/liveness.ts";
import { MATCH_HOSTS_PATIENCE_MILLISECONDS, type MatchHosts } from "../preflight/rollout-facts.ts";
import { deploymentsOfHosts } from "../store/agent-upgrades.ts";
import { GROUP_FIELDS } from "../store/columns/group-columns.ts";
import { findDeploymentConfig } from "../store/deployment-configs.ts";
import { listServerGroups } from "../store/deployment-groups.ts";
import { countRunningCommands, findHosts, type HostRow } from "../store/hosts.ts";
import type { Store } from "../store/open-store.ts";
import type { GuardedGroup, ObservedAgent, UpgradeObservation } from "./upgrade-state.ts";

/** Of a group whose configuration is not there or says nothing: one host at a time. */
const CAUTIOUS: HealthRule = { type: "MOST_CONCURRENCY", value: 1 };

export interface ObservingParts {
  readonly store: Store;
  readonly liveness: Liveness;
  readonly matchHosts: MatchHosts;
  readonly now: () => number;
}

/** What the hosts of an upgrade are at, without their groups. */
export async function observeAgents(
  { store, liveness, now }: Omit<ObservingParts, "matchHosts">,
  hostIds: readonly string[],
): Promise<ReadonlyMap<string, ObservedAgent>> {
  const rows = await findHosts(store.db, hostIds);
  const deployments = await deploymentsOfHosts(store.db, hostIds);
  const running = await countRunningCommands(store.db, hostIds);
  const agents = new Map<string, ObservedAgent>();
  for (const row of rows) {
    if (row.retired_at !== null) continue;
    const current = liveness.withHeard(row);
    agents.set(row.host_id, {
      presence: presenceOf(row, liveness, now()),
      agent: current.agent,
      version: current.agent_version,
      platform: row.agent_platform,
      obstacle: row.agent_upgrade_obstacle,
      deploymentId: deployments.get(row.host_id) ?? null,
      runningCommands: running.get(row.host_id) ?? 0,
    });
  }
  return agents;
}

/** Groups that have one of the hosts, and who of them is offline. */
export async function observeGroups(
  { store, liveness, now }: Omit<ObservingParts, "matchHosts">,
  groups: readonly GuardedGroup[],
): Promise<Pick<UpgradeObservation, "offline" | "names">> {
  const rows = await findHosts(store.db, [...new Set(groups.flatMap(({ hostIds }) => hostIds))]);
  const offline = rows.filter((row) => presenceOf(row, liveness, now()) !== "alive").map((row) => row.host_id);
  return { offline: new Set(offline), names: new Map(rows.map((row) => [row.host_id, row.host_name])) };
}

/** Every group on hosts that has one of these. */
export async function guardedGroups(
  { store, matchHosts }: Pick<ObservingParts, "store" | "matchHosts">,
  hostIds: ReadonlySet<string>,
): Promise<readonly GuardedGroup[]> {
  const guarded: GuardedGroup[] = [];
  const rules = new Map<string, HealthRule>();
  for (const group of await listServerGroups(store.db)) {
    const signal = AbortSignal.timeout(MATCH_HOSTS_PATIENCE_MILLISECONDS);
    const matched = (await matchHosts(GROUP_FIELDS.read(group), signal)).map(({ hostId }) => hostId);
    if (!matched.some((id) => hostIds.has(id))) continue;
    const configName = group.deployment_config_name;
    if (!rules.has(configName)) {
      rules.set(configName, (await findDeploymentConfig(store.db, configName))?.minimumHealthyHosts ?? CAUTIOUS);
    }
    guarded.push({
      name: `${group.application_name}/${group.deployment_group_name}`,
      configName,
      hostIds: matched,
      minimum: minimumHealthyHosts(rules.get(configName)!, matched.length),
    });
  }
  return guarded;
}

function presenceOf(row: HostRow, liveness: Liveness, now: number): ObservedAgent["presence"] {
  const state = hostState(row, liveness, now);
  if (state === "alive") return "alive";
  // What a server that was killed had heard last is not in its database. What an agent says of itself is.
  const hasSpoken = row.agent_version !== null || row.agent_platform !== null;
  return (state === "declared" || state === "enrolled") && !hasSpoken ? "never" : "offline";
}
