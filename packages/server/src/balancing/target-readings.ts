import type { BalancerFacts, BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import type { TargetReading } from "./target-health.ts";

/** By target group, by server. */
export type TargetReadings = ReadonlyMap<string, ReadonlyMap<string, TargetReading>>;

/**
 * What the balancer says of each server of the plan that it has in force. `facts` were observed after that plan was applied, so that the
 * sessions of a server which drains are those that it has left.
 */
export function targetReadings(plan: BalancerPlan, facts: BalancerFacts): TargetReadings {
  const byGroup = new Map<string, Map<string, TargetReading>>();
  const seen = new Map(facts.servers.map((server) => [keyOf(server.groupId, server.serverId), server]));
  for (const { groupId, servers } of plan.groups) {
    const readings = new Map<string, TargetReading>();
    byGroup.set(groupId, readings);
    for (const { serverId, isDraining } of servers) {
      const server = seen.get(keyOf(groupId, serverId));
      if (facts.trouble !== "" || !server) {
        const state = facts.trouble !== "" ? "unavailable" : "initial";
        readings.set(serverId, { state, detail: facts.trouble, sessions: null });
      } else {
        const { health, detail, sessions } = server;
        readings.set(serverId, { state: isDraining ? "draining" : health, detail, sessions });
      }
    }
  }
  return byGroup;
}

/**
 * The servers of which something is known now that a decision may turn on: another state, or that nothing is in flight any more. How many
 * requests one that serves has in flight changes all the time, and is nobody's news.
 */
export function changedServers(before: TargetReadings, after: TargetReadings): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const group of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(group), after.get(group)];
    for (const serverId of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
      if (newsIn(old?.get(serverId)) !== newsIn(now?.get(serverId))) changed.add(serverId);
    }
  }
  return changed;
}

function newsIn(reading: TargetReading | undefined): string {
  if (!reading) return "";
  return reading.state === "draining" && reading.sessions === 0 ? "drained" : reading.state;
}

function keyOf(groupId: string, serverId: string): string {
  return `${groupId} ${serverId}`;
}
