import {
  type PairWeights,
  type TargetGroupPair,
  type WeightedRouter,
  weightsOfPair,
} from "@sluice/engine/ports/weighted-router.ts";
import { afterEach, describe, expect, it } from "vitest";

/**
 * A production and a test listener of http, both of which send all traffic of the pair to its first group. The production one also sends to
 * the group `elsewhere`, with weight 7.
 */
export interface WeightedRouterWorld {
  readonly router: WeightedRouter;
  readonly pair: TargetGroupPair;
  readonly elsewhere: string;
  /** A listener that forwards to `elsewhere` alone. */
  readonly foreignListener: string;
  readonly missingListener: string;
  /** Weights by target group, as the balancer has them at the production listener; a group that it does not know is absent. */
  readonly production: () => Promise<Readonly<Record<string, number>>>;
  readonly close?: () => Promise<void>;
}

const STOPPED = AbortSignal.abort();
const never = new AbortController().signal;

type Entry = readonly ["blue" | "green" | "elsewhere", number];

const WRONG_WEIGHTS: readonly (readonly [string, readonly Entry[]])[] = [
  [
    "do not sum to 100",
    [
      ["blue", 90],
      ["green", 20],
    ],
  ],
  [
    "sum to less",
    [
      ["blue", 0],
      ["green", 0],
    ],
  ],
  [
    "are negative",
    [
      ["blue", 110],
      ["green", -10],
    ],
  ],
  [
    "are not whole",
    [
      ["blue", 99.5],
      ["green", 0.5],
    ],
  ],
  [
    "name another group",
    [
      ["blue", 90],
      ["elsewhere", 10],
    ],
  ],
  [
    "name one group twice",
    [
      ["blue", 90],
      ["blue", 10],
    ],
  ],
];

/** What every driver of the port does alike. `createWorld` makes a new world for each test. */
export function weightedRouterContract(name: string, createWorld: () => Promise<WeightedRouterWorld>): void {
  describe(`the weighted router driver ${name}`, () => {
    const opened: WeightedRouterWorld[] = [];
    const open = async () => {
      const world = await createWorld();
      opened.push(world);
      const { pair } = world;
      const [blue, green] = pair.targetGroups;
      return {
        ...world,
        blue,
        green,
        withoutTest: { ...pair, testListener: null },
        allBlue: weightsOfPair(pair, blue, 100),
        allGreen: weightsOfPair(pair, green, 100),
      };
    };
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.close?.();
    });

    it("describes what both listeners forward, a group without traffic as 0", async () => {
      const { router, pair, withoutTest, allBlue } = await open();
      const known = { outcome: "known", protocol: "http", production: allBlue };
      expect(await router.describe(pair, never)).toEqual({ ...known, test: allBlue });
      expect(await router.describe(withoutTest, never)).toEqual({ ...known, test: null });
    });

    it.each([1, 10, 50, 99, 100, 0])(
      "splits production traffic, %i %% to the new group, as often as asked",
      async (to) => {
        const { router, pair, production, blue, green, elsewhere, allBlue } = await open();
        const weights = weightsOfPair(pair, green, to);
        for (const _ of [1, 2]) {
          expect(await router.splitProduction(pair, weights, never)).toEqual({ outcome: "done" });
          const traffic = { outcome: "known", protocol: "http", production: weights, test: allBlue };
          expect(await router.describe(pair, never)).toEqual(traffic);
        }
        expect(await production()).toEqual({ [blue]: 100 - to, [green]: to, [elsewhere]: 7 });
      },
    );

    it("takes the weights in either order, and back again", async () => {
      const { router, pair, production, blue, green, allBlue } = await open();
      const [ofBlue, ofGreen] = weightsOfPair(pair, green, 30);
      await router.splitProduction(pair, [ofGreen, ofBlue], never);
      expect(await production()).toMatchObject({ [blue]: 70, [green]: 30 });
      await router.splitProduction(pair, allBlue, never);
      expect(await router.describe(pair, never)).toMatchObject({
        outcome: "known",
        production: allBlue,
        test: allBlue,
      });
    });

    it("sends all test traffic to one group, and leaves production alone", async () => {
      const { router, pair, blue, green, allBlue, allGreen } = await open();
      for (const _ of [1, 2]) expect(await router.sendTest(pair, green, never)).toEqual({ outcome: "done" });
      expect(await router.describe(pair, never)).toMatchObject({ production: allBlue, test: allGreen });
      await router.sendTest(pair, blue, never);
      expect(await router.describe(pair, never)).toMatchObject({ production: allBlue, test: allBlue });
    });

    it.each(WRONG_WEIGHTS)("refuses weights that %s, and changes nothing", async (_name, entries) => {
      const { router, pair, production, blue, green, elsewhere } = await open();
      const named = { blue, green, elsewhere };
      const weights = entries.map(([group, percent]) => ({ targetGroup: named[group], percent }));
      const before = await production();
      const refusal = await router.splitProduction(pair, weights as unknown as PairWeights, never);
      expect(refusal).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/\w/) });
      expect(await production()).toEqual(before);
    });

    it("says no for a listener that is not there, or that forwards to neither group", async () => {
      const { router, pair, green, allBlue, allGreen, missingListener, foreignListener } = await open();
      const reason = expect.stringMatching(/\w/);
      const nothing = pair.targetGroups.map((targetGroup) => ({ targetGroup, percent: 0 }));
      for (const [productionListener, production] of [[missingListener], [foreignListener, nothing]] as const) {
        const other = { ...pair, productionListener };
        expect(await router.describe(other, never)).toEqual({ outcome: "unusable", reason, production });
        expect(await router.splitProduction(other, allGreen, never)).toMatchObject({ outcome: "failed", reason });
      }
      const other = { ...pair, testListener: missingListener };
      expect(await router.describe(other, never)).toEqual({ outcome: "unusable", reason, production: allBlue });
      expect(await router.sendTest(other, green, never)).toMatchObject({ outcome: "failed", reason });
    });

    it("says no to test traffic without a test listener, and to a group that is not of the pair", async () => {
      const { router, pair, withoutTest, green, elsewhere } = await open();
      const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
      expect(await router.sendTest(withoutTest, green, never)).toMatchObject(failed);
      expect(await router.sendTest(pair, elsewhere, never)).toMatchObject(failed);
    });

    it("does not begin when it was told to stop", async () => {
      const { router, pair, production, green, allGreen } = await open();
      const before = await production();
      await expect(router.describe(pair, STOPPED)).rejects.toThrow();
      await expect(router.splitProduction(pair, allGreen, STOPPED)).rejects.toThrow();
      await expect(router.sendTest(pair, green, STOPPED)).rejects.toThrow();
      expect(await production()).toEqual(before);
    });
  });
}
