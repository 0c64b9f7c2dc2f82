import { memoryWeightedRouter } from "@sluice/drivers/memory/memory-weighted-router.ts";
import { type TargetGroupPair, type WeightedRouter, weightsOfPair } from "@sluice/engine/ports/weighted-router.ts";
import { describe, expect, it } from "vitest";
import type { BoundDriver } from "./bound-driver.ts";
import { boundWeightedRouter, routerOfPair } from "./bound-weighted-router.ts";

const never = new AbortController().signal;
const PAIR: TargetGroupPair = { targetGroups: ["web-1", "web-2"], productionListener: "listener", testListener: null };
const ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup";

function bound(match: string, instance: WeightedRouter): BoundDriver<WeightedRouter> {
  return { binding: { match, port: "weighted-router", driver: "test", settings: {} }, instance };
}

function router(): WeightedRouter {
  return memoryWeightedRouter.create({}, { listeners: new Map([["listener", new Map([["web-1", 100]])]]) });
}

describe("the bound weighted router", () => {
  it("asks the driver of the pair", async () => {
    const port = boundWeightedRouter([bound("api-*", router()), bound("web-*", router())]);
    expect(await port.splitProduction(PAIR, weightsOfPair(PAIR, "web-2", 10), never)).toEqual({ outcome: "done" });
    expect(await port.describe(PAIR, never)).toMatchObject({ production: weightsOfPair(PAIR, "web-2", 10) });
    expect(await port.sendTest(PAIR, "web-2", never)).toMatchObject({ outcome: "failed" });
  });

  it.each([
    ["web-1", true],
    ["web-2", true],
    ["listener", true],
    [`${ARN}/web-2/0123456789abcdef`, true],
    ["web", false],
    [`${ARN}/api/0123456789abcdef`, false],
  ])("reads the pattern %s", (match, isMatched) => {
    expect(routerOfPair([bound(match, router())], PAIR) !== undefined).toBe(isMatched);
  });

  it("takes two ARNs that differ for two groups", () => {
    const pair = { ...PAIR, targetGroups: [`${ARN}/web-1/1`, `${ARN}/web-2/1`] } as const;
    expect(routerOfPair([bound(`${ARN}/web-1/2`, router())], pair)).toBeUndefined();
    expect(routerOfPair([bound("web-1", router())], pair)).toBeDefined();
  });

  it("says no, with a binding to add, where there is none", async () => {
    const port = boundWeightedRouter([]);
    const reason = expect.stringMatching(/"web-1" and "web-2".*- \{ match: "web-1", port: weighted-router/);
    const failed = { outcome: "failed", reason, code: "ELASTIC_LOAD_BALANCING_INVALID" };
    expect(await port.describe(PAIR, never)).toEqual({ outcome: "unusable", reason });
    expect(await port.splitProduction(PAIR, weightsOfPair(PAIR, "web-2", 10), never)).toEqual(failed);
    expect(await port.sendTest(PAIR, "web-2", never)).toEqual(failed);
  });
});
