import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { FunctionShop, sharesOf } from "./function-shop.fixture.ts";

/** At each step, by Invoke and through a listener. `npm run prove` asks for 10,000: then a share is within 2 points but for one run in 20,000. */
const REQUESTS = Number(process.env.SLUICE_FUNCTION_REQUESTS ?? 400);
/** Of fewer, five standard deviations of a half. */
const WITHIN_POINTS = Math.max(2, 250 / Math.sqrt(REQUESTS));
/** As long as a shift may wait: nothing moves by itself before the tests are over. */
const INTERVAL_MINUTES = 60;

describe("the shares of versions in mid-shift", () => {
  const undo = new AsyncDisposableStack();
  const noHaproxy = whyNoHaproxy();
  let shop: FunctionShop;
  let port: number;
  let current = "1";

  beforeAll(async () => {
    shop = await FunctionShop.open(undo);
    await shop.createConfig("canary", {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: 10, canaryInterval: INTERVAL_MINUTES },
    });
    await shop.createConfig("linear", {
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: 40, linearInterval: INTERVAL_MINUTES },
    });
    if (noHaproxy !== null) return;
    port = await shop.listen();
    await until("an answer of the listener", () => answer().catch(() => false));
  });
  afterAll(() => undo.disposeAsync());

  /** The version that the listener's client meets. */
  async function answer(): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return response.text();
  }

  async function expectShares(version: string, percent: number): Promise<void> {
    const seen = [await shop.shares(REQUESTS), ...(noHaproxy === null ? [await sharesOf(REQUESTS, answer)] : [])];
    console.log(`${percent} % of ${REQUESTS} each, by Invoke and through a listener: ${JSON.stringify(seen)}`);
    for (const shares of seen) {
      expect(Object.keys(shares).sort()).toEqual([current, version].sort());
      expect(Math.abs((shares[version] ?? 0) - percent), JSON.stringify(shares)).toBeLessThanOrEqual(WITHIN_POINTS);
    }
  }

  async function expectAllOn(version: string): Promise<void> {
    current = version;
    expect(await shop.weights()).toEqual({ [version]: 1 });
    expect(await shop.shares(40)).toEqual({ [version]: 100 });
    if (noHaproxy === null) expect(await sharesOf(40, answer)).toEqual({ [version]: 100 });
  }

  it("are those of a canary", async () => {
    const version = await shop.publish();
    const deploymentId = await shop.deploy({ from: current, to: version, config: "canary" });
    await shop.untilWeight(deploymentId, 10);
    await shop.server.sluice("shift", "pause", deploymentId);
    await expectShares(version, 10);
    expect((await shop.server.run("shift", "next", deploymentId)).exitCode).not.toBe(0);
    expect(await shop.weights()).toEqual({ [current]: 0.9, [version]: 0.1 });
    await shop.server.sluice("shift", "resume", deploymentId);
    await shop.next(deploymentId);
    await shop.end(deploymentId, "Succeeded");
    await expectAllOn(version);
  });

  it("are those of each step of a linear shift", async () => {
    const version = await shop.publish();
    const deploymentId = await shop.deploy({ to: version, config: "linear" });
    for (const percent of [40, 80]) {
      await shop.untilWeight(deploymentId, percent);
      await expectShares(version, percent);
      if (percent === 40) await shop.next(deploymentId);
    }
    await shop.server.sluice("shift", "finish", deploymentId);
    await shop.end(deploymentId, "Succeeded");
    await expectAllOn(version);
  });

  if (noHaproxy !== null) it.skip(`through a listener: ${noHaproxy}`, () => {});
});
