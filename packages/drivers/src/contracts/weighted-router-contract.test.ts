import {
  type PairWeights,
  type TargetGroupPair,
  type WeightedRouter,
  weightsOfPair,
} from "@sluice/engine/ports/weighted-router.ts";
import { describe, expect, it } from "vitest";
import { type MemoryListener, memoryWeightedRouter } from "../memory/memory-weighted-router.ts";

/** A production and a test listener, both of which send all traffic to `tg-blue`; the production one also knows `tg-else`. */
interface World {
  readonly router: WeightedRouter;
  /** Percent by target group, as the balancer has it. */
  readonly production: () => Readonly<Record<string, number>>;
}

const PAIR: TargetGroupPair = {
  targetGroups: ["tg-blue", "tg-green"],
  productionListener: "production",
  testListener: "test",
};
const WITHOUT_TEST: TargetGroupPair = { ...PAIR, testListener: null };
const ALL_BLUE: PairWeights = [
  { targetGroup: "tg-blue", percent: 100 },
  { targetGroup: "tg-green", percent: 0 },
];
const ALL_GREEN = weightsOfPair(PAIR, "tg-green", 100);
const never = new AbortController().signal;

function memoryWorld(): World {
  const production: MemoryListener = new Map([
    ["tg-blue", 100],
    ["tg-else", 7],
  ]);
  const listeners = new Map([
    ["production", production],
    ["test", new Map([["tg-blue", 100]])],
    ["foreign", new Map([["tg-else", 100]])],
  ]);
  return {
    router: memoryWeightedRouter.create({}, { listeners }),
    production: () => Object.fromEntries(production),
  };
}

/** Every driver of the port. */
const DRIVERS: readonly { readonly name: string; readonly createWorld: () => World }[] = [
  { name: "memory", createWorld: memoryWorld },
];

describe.each(DRIVERS)("the weighted router driver $name", ({ createWorld }) => {
  it("describes what both listeners forward, a group without traffic as 0", async () => {
    const { router } = createWorld();
    expect(await router.describe(PAIR, never)).toEqual({ outcome: "known", production: ALL_BLUE, test: ALL_BLUE });
    const known = { outcome: "known", production: ALL_BLUE, test: null };
    expect(await router.describe(WITHOUT_TEST, never)).toEqual(known);
  });

  it.each([1, 10, 50, 99, 100, 0])(
    "splits production traffic, %i %% to the new group, as often as asked",
    async (to) => {
      const { router, production } = createWorld();
      const weights = weightsOfPair(PAIR, "tg-green", to);
      for (const _ of [1, 2]) {
        expect(await router.splitProduction(PAIR, weights, never)).toEqual({ outcome: "done" });
        const traffic = { outcome: "known", production: weights, test: ALL_BLUE };
        expect(await router.describe(PAIR, never)).toEqual(traffic);
      }
      expect(production()).toEqual({ "tg-blue": 100 - to, "tg-green": to, "tg-else": 7 });
    },
  );

  it("takes the weights in either order, and back again", async () => {
    const { router, production } = createWorld();
    const [blue, green] = weightsOfPair(PAIR, "tg-green", 30);
    await router.splitProduction(PAIR, [green, blue], never);
    expect(production()).toMatchObject({ "tg-blue": 70, "tg-green": 30 });
    await router.splitProduction(PAIR, ALL_BLUE, never);
    expect(await router.describe(PAIR, never)).toEqual({ outcome: "known", production: ALL_BLUE, test: ALL_BLUE });
  });

  it("sends all test traffic to one group, and leaves production alone", async () => {
    const { router } = createWorld();
    for (const _ of [1, 2]) expect(await router.sendTest(PAIR, "tg-green", never)).toEqual({ outcome: "done" });
    expect(await router.describe(PAIR, never)).toEqual({ outcome: "known", production: ALL_BLUE, test: ALL_GREEN });
    await router.sendTest(PAIR, "tg-blue", never);
    expect(await router.describe(PAIR, never)).toEqual({ outcome: "known", production: ALL_BLUE, test: ALL_BLUE });
  });

  it.each<[string, readonly [string, number][]]>([
    [
      "do not sum to 100",
      [
        ["tg-blue", 90],
        ["tg-green", 20],
      ],
    ],
    [
      "sum to less",
      [
        ["tg-blue", 0],
        ["tg-green", 0],
      ],
    ],
    [
      "are negative",
      [
        ["tg-blue", 110],
        ["tg-green", -10],
      ],
    ],
    [
      "are not whole",
      [
        ["tg-blue", 99.5],
        ["tg-green", 0.5],
      ],
    ],
    [
      "name another group",
      [
        ["tg-blue", 90],
        ["tg-else", 10],
      ],
    ],
    [
      "name one group twice",
      [
        ["tg-blue", 90],
        ["tg-blue", 10],
      ],
    ],
  ])("refuses weights that %s, and changes nothing", async (_name, entries) => {
    const { router, production } = createWorld();
    const weights = entries.map(([targetGroup, percent]) => ({ targetGroup, percent })) as unknown as PairWeights;
    const refusal = await router.splitProduction(PAIR, weights, never);
    expect(refusal).toEqual({ outcome: "failed", reason: expect.stringMatching(/\w/) });
    expect(production()).toEqual({ "tg-blue": 100, "tg-else": 7 });
  });

  it("says no for a listener that is not there, or that forwards to neither group", async () => {
    const { router } = createWorld();
    const reason = expect.stringMatching(/\w/);
    for (const productionListener of ["no-such-listener", "foreign"]) {
      const pair = { ...PAIR, productionListener };
      expect(await router.describe(pair, never)).toEqual({ outcome: "unusable", reason });
      expect(await router.splitProduction(pair, ALL_GREEN, never)).toEqual({ outcome: "failed", reason });
    }
    const pair = { ...PAIR, testListener: "no-such-listener" };
    expect(await router.describe(pair, never)).toEqual({ outcome: "unusable", reason });
    expect(await router.sendTest(pair, "tg-green", never)).toEqual({ outcome: "failed", reason });
  });

  it("says no to test traffic without a test listener, and to a group that is not of the pair", async () => {
    const { router } = createWorld();
    const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
    expect(await router.sendTest(WITHOUT_TEST, "tg-green", never)).toEqual(failed);
    expect(await router.sendTest(PAIR, "tg-else", never)).toEqual(failed);
  });

  it("does not begin when it was told to stop", async () => {
    const { router, production } = createWorld();
    const stopped = AbortSignal.abort();
    await expect(router.describe(PAIR, stopped)).rejects.toThrow();
    await expect(router.splitProduction(PAIR, ALL_GREEN, stopped)).rejects.toThrow();
    await expect(router.sendTest(PAIR, "tg-green", stopped)).rejects.toThrow();
    expect(production()).toEqual({ "tg-blue": 100, "tg-else": 7 });
  });
});
