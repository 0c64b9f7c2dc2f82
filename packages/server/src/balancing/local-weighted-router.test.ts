import {
  type WeightedRouterWorld,
  weightedRouterContract,
} from "@sluice/drivers/contracts/weighted-router-contract.fixture.ts";
import { type MemoryBalancer, memoryBalancer, newMemoryBalancer } from "@sluice/drivers/memory/memory-balancer.ts";
import { type TargetGroupPair, type WeightedRouter, weightsOfPair } from "@sluice/engine/ports/weighted-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { type Listener, saveListener, saveListenerRule } from "../store/elb/listeners.ts";
import { saveLoadBalancer } from "../store/elb/load-balancers.ts";
import { saveTargetGroup } from "../store/elb/target-groups.ts";
import { type OpenStore, openStore } from "../store/open-store.ts";
import { WakeFeed } from "../store/wake-feed.ts";
import { newListener, newLoadBalancer, newRule, newTargetGroup } from "./balancing.fixture.ts";
import { BalancingLoop } from "./balancing-loop.ts";
import { localWeightedRouter } from "./local-weighted-router.ts";

const never = new AbortController().signal;
const PAIR: TargetGroupPair = {
  // One by its ARN, one by its name.
  targetGroups: ["tg-blue", "green"],
  productionListener: "production",
  testListener: "test",
};

interface World {
  readonly store: OpenStore;
  readonly balancer: MemoryBalancer;
  readonly router: WeightedRouter;
  readonly close: () => Promise<void>;
}

const forward = (...groups: readonly (readonly [string, number])[]): Listener["defaultAction"] => ({
  kind: "forward",
  groups: groups.map(([groupId, weight]) => ({ groupId, weight })),
});

async function openWorld(): Promise<World> {
  const store = await openStore({ dataDirectory: ":memory:" });
  const balancer = newMemoryBalancer();
  const changes = new WakeFeed();
  const loop = new BalancingLoop({
    store,
    balancer: memoryBalancer.create({}, balancer),
    timers: systemTimers,
    changes,
    tasks: async () => [],
    log: { warn() {}, info() {} },
    onError() {},
  });
  await store.write(async ({ db }) => {
    for (const arn of ["lb-1", "lb-2"]) await saveLoadBalancer(db, newLoadBalancer({ arn }));
    await saveTargetGroup(db, newTargetGroup({ arn: "tg-blue", name: "blue" }));
    await saveTargetGroup(db, newTargetGroup({ arn: "tg-green", name: "green" }));
    await saveTargetGroup(db, newTargetGroup({ arn: "tg-else", name: "else" }));
    const production = forward(["tg-blue", 100], ["tg-else", 7]);
    await saveListener(db, newListener({ arn: "production", port: 80, defaultAction: production }));
    await saveListener(db, newListener({ arn: "test", port: 81, defaultAction: forward(["tg-blue", 1]) }));
    await saveListener(db, newListener({ arn: "foreign", port: 82, defaultAction: forward(["tg-else", 1]) }));
  });
  loop.start();
  return {
    store,
    balancer,
    router: localWeightedRouter({ store, changes, settle: (signal) => loop.settle(signal) }),
    close: async () => {
      await loop.close();
      await store.close();
    },
  };
}

async function contractWorld(): Promise<WeightedRouterWorld> {
  const { router, balancer, close } = await openWorld();
  const name = (arn: string) => (arn === "tg-green" ? "green" : arn);
  return {
    router,
    pair: PAIR,
    elsewhere: "tg-else",
    foreignListener: "foreign",
    missingListener: "no-such-listener",
    // As the balancer has it, and not the store.
    production: async () => {
      const listener = balancer.plan?.listeners.find(({ listenerId }) => listenerId === "production");
      const action = listener?.defaultAction;
      const groups = action?.kind === "forward" ? action.groups : [];
      return Object.fromEntries(groups.map(({ groupId, weight }) => [name(groupId), weight]));
    },
    close,
  };
}

weightedRouterContract("haproxy", contractWorld);

describe("the weighted router of our own load balancers", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  const split = (percent: number, pair = PAIR) =>
    world.router.splitProduction(pair, weightsOfPair(pair, "green", percent), never);
  const ruleGroups = () =>
    world.balancer.plan?.listeners
      .find(({ listenerId }) => listenerId === "production")
      ?.rules.map(({ action }) => action);

  it("sets the weights of the rules that name a group of the pair, and of no other", async () => {
    await world.store.write(async ({ db }) => {
      await saveListener(db, newListener({ arn: "production", port: 80, defaultAction: forward(["tg-else", 1]) }));
      const [api, other] = [forward(["tg-blue", 1]), forward(["tg-else", 5])];
      await saveListenerRule(db, newRule({ arn: "r-1", listenerArn: "production", priority: 1, action: api }));
      await saveListenerRule(db, newRule({ arn: "r-2", listenerArn: "production", priority: 2, action: other }));
    });
    expect(await split(10)).toEqual({ outcome: "done" });
    expect(ruleGroups()).toEqual([forward(["tg-blue", 90], ["tg-green", 10]), forward(["tg-else", 5])]);
    expect(await world.router.describe(PAIR, never)).toMatchObject({ production: weightsOfPair(PAIR, "green", 10) });
  });

  it("describes what rules that differ make together, and does not say all or nothing of it", async () => {
    await world.store.write(async ({ db }) => {
      const [rest, api] = [forward(["tg-blue", 90], ["tg-green", 10]), forward(["tg-blue", 50], ["tg-green", 50])];
      await saveListener(db, newListener({ arn: "production", port: 80, defaultAction: rest }));
      await saveListenerRule(db, newRule({ arn: "r-1", listenerArn: "production", priority: 1, action: api }));
    });
    expect(await world.router.describe(PAIR, never)).toMatchObject({ production: weightsOfPair(PAIR, "green", 30) });
    expect(await split(20)).toEqual({ outcome: "done" });
    expect(await world.router.describe(PAIR, never)).toMatchObject({ production: weightsOfPair(PAIR, "green", 20) });
  });

  it("moves a network listener's traffic all at once", async () => {
    await world.store.write(({ db }) => saveLoadBalancer(db, newLoadBalancer({ type: "network" })));
    expect(await world.router.describe(PAIR, never)).toMatchObject({ outcome: "known", protocol: "network" });
    expect(await split(10)).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/all traffic at once/) });
    expect(await split(100)).toEqual({ outcome: "done" });
  });

  it.each<[string, (world: World) => Promise<void>, RegExp, readonly [number, number]]>([
    [
      "listeners of two load balancers",
      ({ store }) =>
        store.write(({ db }) =>
          saveListener(
            db,
            newListener({ arn: "test", loadBalancerArn: "lb-2", defaultAction: forward(["tg-blue", 1]) }),
          ),
        ),
      /two load balancers/,
      [100, 0],
    ],
    [
      "a group behind another load balancer",
      ({ store }) =>
        store.write(({ db }) =>
          saveListener(db, newListener({ arn: "x", loadBalancerArn: "lb-2", defaultAction: forward(["tg-green", 1]) })),
        ),
      /tg-green is behind another load balancer/,
      [100, 0],
    ],
    [
      "weights that are not percents beside other groups",
      ({ store }) =>
        store.write(({ db }) =>
          saveListener(db, newListener({ arn: "production", defaultAction: forward(["tg-blue", 1], ["tg-else", 1]) })),
        ),
      /weights that make 100/,
      [100, 0],
    ],
    [
      "groups that get nothing",
      ({ store }) =>
        store.write(({ db }) =>
          saveListener(db, newListener({ arn: "production", defaultAction: forward(["tg-blue", 0]) })),
        ),
      /weight 0/,
      [0, 0],
    ],
  ])("says no to %s, and what its listener does", async (_, change, reason, [ofBlue, ofGreen]) => {
    await change(world);
    expect(await world.router.describe(PAIR, never)).toEqual({
      outcome: "unusable",
      reason: expect.stringMatching(reason),
      production: [
        { targetGroup: "tg-blue", percent: ofBlue },
        { targetGroup: "green", percent: ofGreen },
      ],
    });
    expect(await split(10)).toMatchObject({ outcome: "failed", reason: expect.stringMatching(reason) });
  });

  it("says no to a group that is not there", async () => {
    const pair = { ...PAIR, targetGroups: ["tg-blue", "nowhere"] as const };
    expect(await world.router.describe(pair, never)).toEqual({
      outcome: "unusable",
      reason: "there is no target group nowhere",
    });
  });

  it("is not done before the balancer serves the listener, and does not wait for another one's trouble", async () => {
    world.balancer.unserved.set("foreign", "the port 82 is taken");
    expect(await split(10)).toEqual({ outcome: "done" });
    world.balancer.unserved.set("production", "the port 80 is taken");
    expect(await split(20)).toMatchObject({ outcome: "pending", detail: expect.stringMatching(/port 80 is taken/) });
    world.balancer.unserved.clear();
    expect(await split(20)).toEqual({ outcome: "done" });
    world.balancer.trouble = "it does not start";
    expect(await split(30)).toMatchObject({ outcome: "pending", detail: "it does not start" });
  });

  it("is a rejection, which is tried again, when the balancer cannot be reached", async () => {
    world.balancer.outage = "ECONNREFUSED";
    await expect(split(10)).rejects.toThrow("ECONNREFUSED");
    world.balancer.outage = null;
    expect(await split(10)).toEqual({ outcome: "done" });
  });
});
