import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { until, watchUntil } from "../installation/until.fixture.ts";
import { ContainerShop, whyNoContainerShop } from "./container-shop.fixture.ts";
import { type ShopLoad, startShopLoad } from "./shop-load.fixture.ts";

/** How many requests the client sends at least while traffic moves, 10,000 of them or more at each step. */
const REQUESTS = Number(process.env.SLUICE_LOAD_REQUESTS ?? 24_000);
const REQUESTS_A_STEP = 12_000;
const IS_LONG = REQUESTS > 100_000;
const TOLERANCE_PERCENT = 2;
const MINUTE = 60_000;
/** Before the end of a step's wait. */
const LOOKS_FROM_MILLISECONDS = 10_000;
const DRAIN_SECONDS = 20;
/** With which the example's server ends WebSockets when it is told to stop. */
const GOING_AWAY = 1001;
/** `npm run prove` waits for each of ten steps, as a schedule of one minute does. */
const LINEAR_PERCENT = IS_LONG ? 10 : 40;
const STEPS = Array.from({ length: Math.ceil(100 / LINEAR_PERCENT) }, (_, at) =>
  Math.min(100, (at + 1) * LINEAR_PERCENT),
);
const TIME_LIMIT_MILLISECONDS = 300_000 + (IS_LONG ? 30 * MINUTE : 0);

const missing = whyNoContainerShop();

describe("a service of containers under a steady load", { timeout: TIME_LIMIT_MILLISECONDS }, () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: ContainerShop;
  let load: ShopLoad;

  beforeAll(async () => {
    shop = await ContainerShop.open(undo);
    await shop.setDrain(DRAIN_SECONDS);
  });
  afterEach(() => load?.kill());
  afterAll(() => undo.disposeAsync());

  it("loses no request while its traffic moves step by step, and the old tasks end", async () => {
    await shop.createConfig("linear", {
      type: "TimeBasedLinear",
      timeBasedLinear: { linearPercentage: LINEAR_PERCENT, linearInterval: 1 },
    });
    load = startShopLoad(shop.productionPort);
    expect(await load.shares(500)).toEqual({ 1: 100 });
    const sockets = await Promise.all([1, 2, 3].map(() => openWebSocket(shop.productionPort)));
    const deploymentId = await shop.deploy({ version: "2" }, { deploymentConfigName: "linear" });
    let movedAfter = 0;
    const seen: Record<string, number> = {};
    for (const [index, percent] of STEPS.slice(0, -1).entries()) {
      const waitsItsTime = index === 1 || (IS_LONG && index > 0);
      // It is looked at closely when its time comes: a weight that is there at the first look came too early, too.
      if (waitsItsTime) await pause(movedAfter + MINUTE - LOOKS_FROM_MILLISECONDS - Date.now());
      const notYetAt = await shop.untilWeight(deploymentId, percent);
      // No wait is shorter than it was configured.
      if (waitsItsTime) expect(Date.now() - movedAfter).toBeGreaterThanOrEqual(MINUTE);
      movedAfter = notYetAt;
      // However slow the machine is, all of them are sent under one weight.
      await shop.server.sluice("shift", "pause", deploymentId);
      expect(await shop.shown(deploymentId)).toEqual({
        Blue: { weight: 100 - percent, status: "PRIMARY", desired: 2, running: 2 },
        Green: { weight: percent, status: "ACTIVE", desired: 2, running: 2 },
      });
      expect(await shop.weights("production")).toEqual({ blue: 100 - percent, green: percent });
      expect(await shop.weights("test")).toEqual({ blue: 0, green: 100 });
      const shares = await load.shares(Math.max(REQUESTS_A_STEP, REQUESTS / (STEPS.length - 1)));
      seen[percent] = shares[2] ?? 0;
      expect(Math.abs((shares[2] ?? 0) - percent)).toBeLessThanOrEqual(TOLERANCE_PERCENT);
      for (const socket of sockets) expect(await socket.say("still here?")).toBe("1:still here?");
      await shop.server.sluice("shift", "resume", deploymentId);
      if (index > 0 && !IS_LONG) await shop.next(deploymentId);
    }
    await until("all traffic on the replacement", async () => (await shop.weights("production")).green === 100);
    const drainedFor = await untilClosed(shop, sockets);
    expect(drainedFor.codes).toEqual(sockets.map(() => GOING_AWAY));
    expect(drainedFor.milliseconds).toBeGreaterThanOrEqual(DRAIN_SECONDS * 1_000);
    const ended = await shop.end(deploymentId);
    expect(ended, ended.errorInformation?.message).toMatchObject({ status: "Succeeded" });
    expect(await load.shares(500)).toEqual({ 2: 100 });
    await until("the old tasks stop", async () => (await shop.tasks("STOPPED")).length === 2);
    const { succeeded, failed, failures } = await load.end();
    expect(failures).toEqual({});
    expect(failed).toBe(0);
    expect(succeeded).toBeGreaterThanOrEqual(REQUESTS);
    console.log(`${succeeded} requests, ${failed} failed; shares in percent ${JSON.stringify(seen)}`);
  });
});

/** Waits for the end of WebSockets to old tasks; how long these were drained before, at least. */
async function untilClosed(shop: ContainerShop, sockets: readonly EchoSocket[]) {
  let drainsAfter = Date.now();
  await watchUntil("the old tasks are drained", async () => {
    // Draining is counted from a moment between the end of their task set and the first sight of it.
    const lookedAt = Date.now();
    const { taskSets = [] } = await shop.service();
    if (taskSets.every(({ status }) => status !== "DRAINING")) drainsAfter = lookedAt;
    return (await shop.tasks("STOPPED")).length > 0;
  });
  for (const socket of sockets) expect(await socket.say("until the end?")).toBe("1:until the end?");
  const ends = await Promise.all(sockets.map(({ closed }) => closed));
  return { codes: ends.map(({ code }) => code), milliseconds: Math.min(...ends.map(({ at }) => at)) - drainsAfter };
}

interface EchoSocket {
  say(text: string): Promise<string>;
  /** With the code and the moment of its end. */
  readonly closed: Promise<{ readonly code: number; readonly at: number }>;
  close(): void;
}

async function openWebSocket(port: number): Promise<EchoSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("no WebSocket was opened")), { once: true });
  });
  const closed = new Promise<{ code: number; at: number }>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve({ code, at: Date.now() }), { once: true });
  });
  return {
    say: (text) =>
      new Promise((resolve, reject) => {
        socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
        void closed.then(({ code }) => reject(new Error(`the WebSocket was closed with ${code}`)));
        socket.send(text);
      }),
    closed,
    close: () => socket.close(),
  };
}
