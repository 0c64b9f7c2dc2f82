import type { ServerPlan } from "@sluice/engine/ports/balancer.ts";
import { describe, expect, it } from "vitest";
import { changeServer, memoryBalancer, newMemoryBalancer, serverKey } from "../memory/memory-balancer.ts";
import { type BalancerWorld, describeBalancer } from "./balancer-contract.fixture.ts";

const SERVERS: readonly [ServerPlan, ServerPlan] = [
  { serverId: "s1", address: "127.0.0.1", port: 8001, isDraining: false },
  { serverId: "s2", address: "127.0.0.1", port: 8002, isDraining: false },
];
const never = new AbortController().signal;

/** HAProxy itself goes through the same in tests/haproxy. */
describeBalancer("memory", async (): Promise<BalancerWorld> => {
  const state = newMemoryBalancer();
  const sick = new Set<string>();
  const check = () => {
    for (const { groupId, servers } of state.plan?.groups ?? []) {
      for (const { serverId } of servers) {
        const isSick = sick.has(serverId);
        const health = isSick ? "unhealthy" : "healthy";
        if (state.servers.get(serverKey(groupId, serverId))?.health === health) continue;
        changeServer(state, groupId, serverId, { health, detail: isSick ? "answered 503" : "answered 200" });
      }
    }
  };
  const timer = setInterval(check, 5);
  return {
    balancer: memoryBalancer.create({}, state),
    servers: SERVERS,
    ports: [8080, 8081],
    setHealthy: async ({ serverId }, isHealthy) => {
      if (isHealthy) sick.delete(serverId);
      else sick.add(serverId);
    },
    close: async () => clearInterval(timer),
  };
});

describe("the balancer in memory", () => {
  it("cannot be reached during an outage, and says its troubles", async () => {
    const state = newMemoryBalancer();
    const balancer = memoryBalancer.create({}, state);
    const plan = {
      listeners: [
        {
          listenerId: "front",
          protocol: "http",
          port: 80,
          certificate: null,
          rules: [],
          defaultAction: { kind: "fixed-response", status: 200, contentType: "text/plain", body: "" },
        },
      ],
      groups: [],
    } as const;
    state.unserved.set("front", "port 80 is taken by nginx");
    expect(await balancer.apply(plan, never)).toEqual({ outcome: "failed", reason: "port 80 is taken by nginx" });
    expect(state.plan).toEqual(plan);
    expect((await balancer.observe(never)).unserved).toEqual(new Map([["front", "port 80 is taken by nginx"]]));
    state.outage = "nobody answers";
    await expect(balancer.apply(plan, never)).rejects.toThrow("nobody answers");
    await expect(balancer.observe(never)).rejects.toThrow("nobody answers");
  });
});
