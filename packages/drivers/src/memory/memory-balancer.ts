import type { Balancer, BalancerFacts, BalancerPlan, GroupPlan, ServerFacts } from "@sluice/engine/ports/balancer.ts";
import { balancerPlanTrouble } from "@sluice/engine/ports/balancer-plan-trouble.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** What the balancer's servers do is the test's to change; {@link changeServer} also tells those who watch. */
export interface MemoryBalancer {
  /** What is in force; null: nothing was applied yet. */
  plan: BalancerPlan | null;
  /** Every plan that was put in force, oldest first. */
  readonly applied: BalancerPlan[];
  /** By {@link serverKey}. A server that is not in it: `initial` where its group has a health check, without sessions. */
  readonly servers: Map<string, MemoryBalancedServer>;
  /** By group id. */
  readonly requests: Map<string, number>;
  /** Why it does not serve; empty: it does. */
  trouble: string;
  /** By listener id: why it cannot be served. */
  readonly unserved: Map<string, string>;
  /** Why every call is a rejection; null: it can be reached. */
  outage: string | null;
  readonly watchers: Set<() => void>;
}

export type MemoryBalancedServer = Omit<ServerFacts, "groupId" | "serverId">;

export function newMemoryBalancer(): MemoryBalancer {
  return {
    plan: null,
    applied: [],
    servers: new Map(),
    requests: new Map(),
    trouble: "",
    unserved: new Map(),
    outage: null,
    watchers: new Set(),
  };
}

export function serverKey(groupId: string, serverId: string): string {
  return `${groupId} ${serverId}`;
}

export function changeServer(
  balancer: MemoryBalancer,
  groupId: string,
  serverId: string,
  change: Partial<MemoryBalancedServer>,
): void {
  const key = serverKey(groupId, serverId);
  const before = balancer.servers.get(key) ?? { health: "initial", detail: "", sessions: 0 };
  balancer.servers.set(key, { ...before, ...change });
  for (const tell of balancer.watchers) tell();
}

/** A balancer in memory, for tests and simulations. */
export const memoryBalancer: Driver<"balancer", NoSettings, MemoryBalancer, Balancer> = {
  port: "balancer",
  name: "memory",
  create: (_settings, balancer) => ({
    apply: async (plan, signal) => {
      reach(balancer, signal);
      const reason = balancerPlanTrouble(plan);
      if (reason !== undefined) return { outcome: "failed", reason };
      forgetRemoved(balancer, plan);
      balancer.plan = plan;
      balancer.applied.push(plan);
      const troubles = [...unservedOf(balancer).values()];
      if (balancer.trouble !== "") troubles.unshift(balancer.trouble);
      return troubles.length > 0 ? { outcome: "failed", reason: troubles.join("; ") } : { outcome: "done" };
    },
    observe: async (signal) => {
      reach(balancer, signal);
      return describe(balancer);
    },
    watch: (onChange, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        balancer.watchers.add(onChange);
        signal.addEventListener(
          "abort",
          () => {
            balancer.watchers.delete(onChange);
            resolve();
          },
          { once: true },
        );
      }),
  }),
};

function reach({ outage }: MemoryBalancer, signal: AbortSignal): void {
  signal.throwIfAborted();
  if (outage !== null) throw new Error(outage);
}

function describe(balancer: MemoryBalancer): BalancerFacts {
  const groups = balancer.plan?.groups ?? [];
  return {
    servers: groups.flatMap((group) => group.servers.map(({ serverId }) => factsOf(balancer, group, serverId))),
    trouble: balancer.trouble,
    unserved: unservedOf(balancer),
    requests: new Map(groups.map(({ groupId }) => [groupId, balancer.requests.get(groupId) ?? 0])),
  };
}

function factsOf({ servers }: MemoryBalancer, { groupId, healthCheck }: GroupPlan, serverId: string): ServerFacts {
  const facts = servers.get(serverKey(groupId, serverId)) ?? {
    health: "initial",
    detail: "no health check has been answered yet",
    sessions: 0,
  };
  if (healthCheck !== null) return { groupId, serverId, ...facts };
  return { groupId, serverId, health: "healthy", detail: "no health check", sessions: facts.sessions };
}

function unservedOf({ plan, unserved }: MemoryBalancer): ReadonlyMap<string, string> {
  return new Map([...unserved].filter(([id]) => plan?.listeners.some(({ listenerId }) => listenerId === id)));
}

/** A server that comes back later is a new one. */
function forgetRemoved({ servers }: MemoryBalancer, { groups }: BalancerPlan): void {
  const kept = new Set(
    groups.flatMap((group) => group.servers.map(({ serverId }) => serverKey(group.groupId, serverId))),
  );
  for (const key of [...servers.keys()]) {
    if (!kept.has(key)) servers.delete(key);
  }
}
