import {
  type WeightedRouterWorld,
  weightedRouterContract,
} from "@sluice/drivers/contracts/weighted-router-contract.fixture.ts";
import type { Balancer, BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import { weightsOfPair } from "@sluice/engine/ports/weighted-router.ts";
import { newListener, newLoadBalancer, newTargetGroup } from "@sluice/server/balancing/balancing.fixture.ts";
import { localBalancing } from "@sluice/server/balancing/local-balancing.ts";
import { systemTimers } from "@sluice/server/loops/timers.ts";
import { saveListener } from "@sluice/server/store/elb/listeners.ts";
import { saveLoadBalancer } from "@sluice/server/store/elb/load-balancers.ts";
import { registerTarget } from "@sluice/server/store/elb/registered-targets.ts";
import { saveTargetGroup } from "@sluice/server/store/elb/target-groups.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import { WakeFeed } from "@sluice/server/store/wake-feed.ts";
import { describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { TestBalancer } from "./balancer.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

/** From rows in the store to answers of a HAProxy. */
const missing = whyNoHaproxy();
const never = new AbortController().signal;
const PAIR = { targetGroups: ["blue", "green"] as const, productionListener: "production", testListener: "test" };
const REQUESTS = 1_000;

async function openWorld() {
  const hosts = [new WebHost("blue"), new WebHost("green"), new WebHost("else")] as const;
  for (const host of hosts) await host.start();
  const own = new TestBalancer();
  const store = await openStore({ dataDirectory: ":memory:" });
  const [production, test, foreign] = [await freePort(), await freePort(), await freePort()];
  const forward = (...groups: readonly (readonly [string, number])[]) => ({
    kind: "forward" as const,
    groups: groups.map(([groupId, weight]) => ({ groupId, weight })),
  });
  const { healthCheck } = newTargetGroup();
  const quick = { ...healthCheck, path: "/health", intervalSeconds: 1, timeoutSeconds: 1, healthyCount: 1 };
  await store.write(async ({ db }) => {
    await saveLoadBalancer(db, newLoadBalancer());
    for (const { name, port } of hosts) {
      await saveTargetGroup(db, newTargetGroup({ arn: name, healthCheck: quick }));
      await registerTarget(db, { targetGroupArn: name, address: "127.0.0.1", port, registeredAt: 0 });
    }
    const first = forward(["blue", 100], ["else", 7]);
    await saveListener(db, newListener({ arn: "production", port: production, defaultAction: first }));
    await saveListener(db, newListener({ arn: "test", port: test, defaultAction: forward(["blue", 1]) }));
    await saveListener(db, newListener({ arn: "foreign", port: foreign, defaultAction: forward(["else", 1]) }));
  });
  let inForce: BalancerPlan | undefined;
  const balancer: Balancer = {
    apply: async (plan, signal) => {
      const outcome = await own.balancer.apply(plan, signal);
      if (outcome.outcome === "done") inForce = plan;
      return outcome;
    },
    observe: (signal) => own.balancer.observe(signal),
    watch: (onChange, signal) => own.balancer.watch(onChange, signal),
  };
  const balancing = localBalancing(
    balancer,
    {
      address: "127.0.0.1",
      certificates: [],
      ignoresAwsOnly: false,
      allowsLocalTargets: false,
      ownAddresses: () => new Set(),
    },
    {
      store,
      timers: systemTimers,
      changes: new WakeFeed(),
      tasks: async () => [],
      log: { warn() {}, info() {} },
      onError() {},
    },
  );
  balancing.start();
  return {
    balancing,
    inForce: () => inForce,
    production,
    healthOf: (host: WebHost) => balancing.loop.ofServer(host.name, `127.0.0.1:${host.port}`).state,
    hosts,
    close: async () => {
      await balancing.close();
      await own.stop();
      await store.close();
      for (const host of hosts) await host.stop();
    },
  };
}

describe("load balancers of the store on a HAProxy", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  weightedRouterContract("haproxy, as a process", async (): Promise<WeightedRouterWorld> => {
    const { balancing, inForce, close } = await openWorld();
    return {
      router: balancing.weightedRouter,
      pair: PAIR,
      elsewhere: "else",
      foreignListener: "foreign",
      missingListener: "nowhere",
      production: async () => {
        await balancing.loop.settle(never);
        const action = inForce()?.listeners.find(({ listenerId }) => listenerId === "production")?.defaultAction;
        return Object.fromEntries(
          (action?.kind === "forward" ? action.groups : []).map(({ groupId, weight }) => [groupId, weight]),
        );
      },
      close,
    };
  });

  it("shifts traffic by weights without losing a request", async () => {
    const world = await openWorld();
    try {
      const { balancing, hosts, production } = world;
      const [, green] = hosts;
      expect(world.healthOf(green)).not.toBe("healthy");
      // Behind the listener from now on, without traffic: as it is between two deployments.
      await balancing.weightedRouter.splitProduction(PAIR, weightsOfPair(PAIR, "green", 0), never);
      await until(
        () => hosts.map(world.healthOf),
        (states) => states.every((state) => state === "healthy"),
      );
      const count = async () => {
        const seen: Record<string, number> = { blue: 0, green: 0, else: 0 };
        for (let index = 0; index < REQUESTS; index += 1) {
          const answer = await fetch(`http://127.0.0.1:${production}/`);
          expect(answer.status).toBe(200);
          seen[await answer.text()]! += 1;
        }
        return seen;
      };
      expect((await count()).green).toBe(0);
      await balancing.weightedRouter.splitProduction(PAIR, weightsOfPair(PAIR, "green", 50), never);
      const half = await count();
      expect(Math.abs(half.green! - half.blue!)).toBeLessThan(REQUESTS * 0.2);
      expect(half.else).toBeGreaterThan(0);
      await balancing.weightedRouter.splitProduction(PAIR, weightsOfPair(PAIR, "green", 100), never);
      expect((await count()).blue).toBe(0);
    } finally {
      await world.close();
    }
  });
});
