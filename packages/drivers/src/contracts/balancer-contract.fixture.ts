import { setTimeout as pause } from "node:timers/promises";
import type { Balancer, BalancerFacts, BalancerPlan, GroupPlan, ServerPlan } from "@sluice/engine/ports/balancer.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** A balancer that nothing was told yet, and two servers, which pass their health checks until they are told not to. */
export interface BalancerWorld {
  readonly balancer: Balancer;
  readonly servers: readonly [ServerPlan, ServerPlan];
  /** Two that are free. */
  readonly ports: readonly [number, number];
  readonly setHealthy: (server: ServerPlan, isHealthy: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

const never = new AbortController().signal;
const PAUSE_MILLISECONDS = 10;

/** The test's own time limit ends it. */
async function until<Answer>(ask: () => Promise<Answer> | Answer, isWanted: (answer: Answer) => boolean) {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await pause(PAUSE_MILLISECONDS);
  }
}

/** What every driver of the port does. */
export function describeBalancer(name: string, open: () => Promise<BalancerWorld>): void {
  describe(`the balancer driver ${name}`, () => {
    let world: BalancerWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    const observe = () => world.balancer.observe(never);
    const apply = (plan: BalancerPlan) => world.balancer.apply(plan, never);
    const untilFacts = (isWanted: (facts: BalancerFacts) => boolean) => until(observe, isWanted);
    /** One listener to one group, with whatever is given in place. */
    const planOf = (weight: number, group: Partial<GroupPlan> = {}): BalancerPlan => ({
      listeners: [
        {
          listenerId: "front",
          protocol: "http",
          port: world.ports[0],
          certificate: null,
          rules: [],
          defaultAction: { kind: "forward", groups: [{ groupId: "blue", weight }] },
        },
      ],
      groups: [
        {
          groupId: "blue",
          name: "blue",
          protocol: "http",
          healthCheck: {
            protocol: "http",
            path: "/health",
            matcher: "200-299",
            port: null,
            intervalSeconds: 1,
            timeoutSeconds: 1,
            healthyCount: 2,
            unhealthyCount: 2,
          },
          servers: world.servers,
          ...group,
        },
      ],
    });

    it("has nothing to say before it was told anything", async () => {
      expect(await observe()).toEqual({ servers: [], trouble: "", unserved: new Map(), requests: new Map() });
    });

    it("takes the whole wish each time, as often as asked", async () => {
      for (const weight of [1, 1, 0, 999]) expect(await apply(planOf(weight))).toEqual({ outcome: "done" });
      const { servers, requests, trouble } = await observe();
      expect(servers.map(({ groupId, serverId }) => [groupId, serverId])).toEqual([
        ["blue", world.servers[0].serverId],
        ["blue", world.servers[1].serverId],
      ]);
      expect(requests).toEqual(new Map([["blue", 0]]));
      expect(trouble).toBe("");
      expect(await apply({ listeners: [], groups: [] })).toEqual({ outcome: "done" });
      expect(await observe()).toMatchObject({ servers: [], requests: new Map() });
    });

    it("says of each server whether it is healthy, and what its check was answered", async () => {
      const [first, second] = world.servers;
      await world.setHealthy(second, false);
      await apply(planOf(1));
      const healthOf = (facts: BalancerFacts, { serverId }: ServerPlan) =>
        facts.servers.find((server) => server.serverId === serverId);
      const facts = await untilFacts(
        (found) => healthOf(found, first)?.health === "healthy" && healthOf(found, second)?.health === "unhealthy",
      );
      expect(healthOf(facts, second)?.detail).toMatch(/503/);
      await world.setHealthy(second, true);
      await untilFacts((found) => healthOf(found, second)?.health === "healthy");
      await world.setHealthy(first, false);
      await untilFacts((found) => healthOf(found, first)?.health === "unhealthy");
    });

    it("takes a server for new until its checks have passed, also when it was there before", async () => {
      const [first, second] = world.servers;
      await apply(planOf(1, { servers: [first] }));
      await untilFacts(({ servers }) => servers.every(({ health }) => health === "healthy"));
      await apply(planOf(1));
      const joined = await observe();
      expect(joined.servers.find(({ serverId }) => serverId === first.serverId)?.health).toBe("healthy");
      await untilFacts(({ servers }) => servers.length === 2 && servers.every(({ health }) => health === "healthy"));
      await apply(planOf(1, { servers: [first] }));
      expect((await observe()).servers.map(({ serverId }) => serverId)).toEqual([first.serverId]);
      await world.setHealthy(second, false);
      await apply(planOf(1));
      expect((await observe()).servers.find(({ serverId }) => serverId === second.serverId)?.health).not.toBe(
        "healthy",
      );
      await untilFacts(({ servers }) => servers.some(({ health }) => health === "unhealthy"));
    });

    it("keeps a server that drains in sight until the plan leaves it out", async () => {
      const [first, second] = world.servers;
      await apply(planOf(1));
      await untilFacts(({ servers }) => servers.every(({ health }) => health === "healthy"));
      expect(await apply(planOf(1, { servers: [{ ...first, isDraining: true }, second] }))).toEqual({
        outcome: "done",
      });
      const drained = (await observe()).servers.find(({ serverId }) => serverId === first.serverId);
      expect(drained).toMatchObject({ sessions: 0, health: "healthy" });
    });

    it("holds servers without a health check for healthy", async () => {
      await apply(planOf(1, { healthCheck: null }));
      expect((await observe()).servers.map(({ health }) => health)).toEqual(["healthy", "healthy"]);
    });

    it("refuses a plan that cannot be carried out, and goes on with the one before", async () => {
      await apply(planOf(1));
      const unknown = { kind: "forward", groups: [{ groupId: "green", weight: 1 }] } as const;
      const before = planOf(1);
      const wrong = { ...before, listeners: [{ ...before.listeners[0]!, defaultAction: unknown }] };
      expect(await apply(wrong)).toEqual({ outcome: "failed", reason: expect.stringMatching(/front.*green/) });
      expect((await observe()).servers).toHaveLength(2);
    });

    it("tells a watcher that a server's health changed, until nobody listens", async () => {
      const listening = new AbortController();
      let changes = 0;
      const watching = world.balancer.watch(() => {
        changes += 1;
      }, listening.signal);
      await apply(planOf(1));
      await untilFacts(({ servers }) => servers.every(({ health }) => health === "healthy"));
      await until(
        () => changes,
        (count) => count > 0,
      );
      const before = changes;
      await world.setHealthy(world.servers[0], false);
      await until(
        () => changes,
        (count) => count > before,
      );
      listening.abort();
      await watching;
    });

    it("does not begin when it was told to stop", async () => {
      const stopped = AbortSignal.abort();
      await expect(world.balancer.apply(planOf(1), stopped)).rejects.toThrow();
      await expect(world.balancer.observe(stopped)).rejects.toThrow();
      await world.balancer.watch(() => {}, stopped);
      expect((await observe()).servers).toEqual([]);
    });
  });
}
