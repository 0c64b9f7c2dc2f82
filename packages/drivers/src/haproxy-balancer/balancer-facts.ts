import type { BalancerFacts, BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import type { BalancerState } from "../haproxy-runtime/balancer-state.ts";
import type { RememberedBalancer } from "./balancer-files.ts";
import { backendName } from "./configured-names.ts";
import { totalOf } from "./request-counts.ts";
import { healthOf } from "./server-health.ts";
import { stateKey } from "./server-states.ts";

/** What is known of a balancer and its process. */
export interface KnownBalancer {
  readonly plan: BalancerPlan;
  readonly remembered: Pick<RememberedBalancer, "layout" | "counted">;
  /** Undefined: it does not run. */
  readonly state: BalancerState | undefined;
  /** Of processes that were replaced and serve their last connections, by server as {@link stateKey} names it. */
  readonly oldSessions: ReadonlyMap<string, number>;
  readonly trouble: string;
  readonly unserved: ReadonlyMap<string, string>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function balancerFacts(known: KnownBalancer): BalancerFacts {
  const { plan, remembered, state, oldSessions, trouble, unserved, now } = known;
  const states = new Map(state?.servers.map((server) => [stateKey(server.backend, server.server), server]));
  const checks = new Map(plan.groups.map(({ groupId, healthCheck }) => [groupId, healthCheck]));
  const servers = remembered.layout.servers.map((server) => {
    const { groupId, serverId, name } = server;
    const key = stateKey(backendName(groupId), name);
    const found = states.get(key);
    const sessions = (found?.sessions ?? 0) + (found?.queued ?? 0) + (oldSessions.get(key) ?? 0);
    if (!state) return { groupId, serverId, health: "initial" as const, detail: "HAProxy does not run", sessions };
    return { groupId, serverId, ...healthOf(server, checks.get(groupId) ?? null, found, now), sessions };
  });
  return {
    servers,
    trouble: state ? trouble : trouble || "HAProxy does not run: it is being started",
    unserved,
    requests: new Map(plan.groups.map(({ groupId }) => [groupId, totalOf(remembered.counted, backendName(groupId))])),
  };
}

/** The same text when nothing of it is news to whoever watches: how much the servers have to do is none. */
export function newsOf({ servers, trouble, unserved }: BalancerFacts): string {
  return JSON.stringify([
    servers.map(({ groupId, serverId, health }) => [groupId, serverId, health]),
    trouble,
    [...unserved],
  ]);
}
