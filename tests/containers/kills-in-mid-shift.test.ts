import { join } from "node:path";
import { findProcesses } from "@sluice/drivers/haproxy-balancer/haproxy-process.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DATABASES, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { ContainerShop, whyNoContainerShop } from "./container-shop.fixture.ts";
import { type ShopLoad, startShopLoad } from "./shop-load.fixture.ts";

const CANARY_PERCENT = 40;
const SAMPLE = 1_000;
/** Of a sample, to either side: five times its standard deviation. */
const WITHIN_POINTS = 8;

/** `npm run prove`: with both databases. What a database does to a kill is shown by tests/e2e/crash.test.ts with each. */
const databases = process.env.SLUICE_KILLS === "all" ? DATABASES : (["sqlite"] as const);

describe.each(databases)("a kill -9 while traffic is split, with %s", (database) => {
  const missing = whyNoContainerShop() ?? whyNoDatabase(database);
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: ContainerShop;
  let load: ShopLoad;
  let version = 1;

  beforeAll(async () => {
    const opened = await openDatabase(database);
    undo.defer(opened.close);
    shop = await ContainerShop.open(undo, { databaseUrl: opened.url });
    // Nothing moves by itself before the tests are over.
    await shop.createConfig("canary", {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: CANARY_PERCENT, canaryInterval: 60 },
    });
  });
  beforeEach(() => {
    load = startShopLoad(shop.productionPort);
  });
  afterEach(() => load.kill());
  afterAll(() => undo.disposeAsync());

  const haproxy = () =>
    findProcesses({ program: "/usr/sbin/haproxy", config: join(shop.server.data, "haproxy", "haproxy.cfg") });

  /** A deployment of the next version that has moved the first part of the traffic, and waits. */
  async function deployHalfway(): Promise<string> {
    version += 1;
    const deploymentId = await shop.deploy({ version: String(version) }, { deploymentConfigName: "canary" });
    await shop.untilWeight(deploymentId, CANARY_PERCENT);
    return deploymentId;
  }

  /** Every request is answered now, and the versions have their parts. */
  async function expectSplit(): Promise<void> {
    const shares = await load.shares(SAMPLE);
    const part = shares[version] ?? 0;
    expect(Math.abs(part - CANARY_PERCENT), JSON.stringify(shares)).toBeLessThan(WITHIN_POINTS);
    expect((shares[version - 1] ?? 0) + part).toBeCloseTo(100);
  }

  /** Ids of the containers that run on the engine, by their tasks: none has two. */
  async function runningContainers(): Promise<ReadonlyMap<string, string>> {
    const query = new URLSearchParams({ filters: JSON.stringify({ label: ["sluice.task"] }) });
    const listed = (await shop.engine.ask("GET", `/containers/json?${query}`)) as readonly {
      readonly Id: string;
      readonly Labels: Readonly<Record<string, string>>;
    }[];
    const byTask = new Map(listed.map(({ Id, Labels }) => [Labels["sluice.task"] ?? "", Id]));
    expect(byTask.size).toBe(listed.length);
    return byTask;
  }

  /** The engine runs what the service lists, and nothing else. */
  async function untilTasks(count: number): Promise<void> {
    await until(`${count} tasks, all of which run`, async () => {
      const tasks = await shop.tasks("RUNNING");
      const ids = tasks.map(({ taskArn = "" }) => taskArn.slice(taskArn.lastIndexOf("/") + 1)).sort();
      const running = [...(await runningContainers()).keys()].sort();
      const isRunning = tasks.every(({ lastStatus }) => lastStatus === "RUNNING");
      return isRunning && ids.length === count && ids.join() === running.join();
    });
  }

  /** It goes on from where it was, to its end. */
  async function finish(deploymentId: string): Promise<void> {
    await shop.next(deploymentId);
    const ended = await shop.end(deploymentId);
    expect(ended, ended.errorInformation?.message).toMatchObject({ status: "Succeeded" });
    expect(await load.shares(SAMPLE)).toEqual({ [version]: 100 });
    await untilTasks(2);
  }

  /** Answered again by both versions. */
  async function untilServed(): Promise<void> {
    const before = await load.snapshot();
    await until("answers of both versions", async () => {
      const { versions } = await load.snapshot();
      return [version - 1, version].every((each) => (versions[each] ?? 0) > (before.versions[each] ?? 0));
    });
  }

  it("of Sluice: every request is answered meanwhile, and the deployment goes on", async () => {
    const deploymentId = await deployHalfway();
    const containers = await runningContainers();
    const processes = await haproxy();
    await shop.server.kill();
    await expectSplit();
    await shop.server.start();
    expect(await shop.deployment(deploymentId)).toMatchObject({ status: "InProgress" });
    expect((await shop.shown(deploymentId)).Green).toMatchObject({ weight: CANARY_PERCENT, running: 2 });
    await expectSplit();
    expect(await runningContainers()).toEqual(containers);
    expect(await haproxy()).toEqual(processes);
    await finish(deploymentId);
    expect((await load.end()).failures).toEqual({});
  });

  if (database !== "sqlite") return;

  it("of Sluice while it stops what is not wanted any more: nothing is left of it", async () => {
    const deploymentId = await deployHalfway();
    await shop.server.sluice("stop", deploymentId, "--rollback");
    await shop.server.kill();
    await shop.server.start();
    const { rollbackInfo, status } = await shop.end(deploymentId);
    expect(status).toBe("Stopped");
    expect(await shop.end(rollbackInfo?.rollbackDeploymentId ?? "")).toMatchObject({ status: "Succeeded" });
    version -= 1;
    expect(await load.shares(SAMPLE)).toEqual({ [version]: 100 });
    await untilTasks(2);
    expect((await load.end()).failures).toEqual({});
  });

  it.each(["workers", "master"] as const)("of HAProxy's %s: it serves again by the same weights", async (which) => {
    const deploymentId = await deployHalfway();
    const { master, workers } = await haproxy();
    const pids = which === "master" ? [master ?? 0] : workers;
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await until("another HAProxy", async () => {
      const now = await haproxy();
      return now.master !== null && now.master !== master && !now.workers.some((pid) => workers.includes(pid));
    });
    await untilServed();
    await expectSplit();
    await finish(deploymentId);
  });

  it("of HAProxy while Sluice is dead: it serves again when Sluice is back", async () => {
    const deploymentId = await deployHalfway();
    await shop.server.kill();
    const { master, workers } = await haproxy();
    for (const pid of [master ?? 0, ...workers]) process.kill(pid, "SIGKILL");
    await expect(shop.answer()).rejects.toThrow();
    await shop.server.start();
    await untilServed();
    await expectSplit();
    await finish(deploymentId);
  });

  it("of the Docker Engine: its containers serve without it, and nothing moves until it is back", async () => {
    const deploymentId = await deployHalfway();
    await shop.engine.kill();
    await expectSplit();
    await shop.next(deploymentId);
    // It would be the weight of tasks of which nobody knows how they are.
    await expectSplit();
    expect(await shop.deployment(deploymentId)).toMatchObject({ status: "InProgress" });
    await shop.engine.start();
    const ended = await shop.end(deploymentId);
    expect(ended, ended.errorInformation?.message).toMatchObject({ status: "Succeeded" });
    await untilTasks(2);
    await until("answers", async () => (await shop.answer().catch(() => "")) === String(version));
    expect(await load.shares(SAMPLE)).toEqual({ [version]: 100 });
  });
});
