import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HaproxyRouter, haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import type { HaproxySettings } from "@sluice/drivers/haproxy/haproxy-settings.ts";
import type { RoutedHost } from "@sluice/engine/ports/traffic-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HaproxyOptions, HaproxyProcess, whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { get } from "./http-client.fixture.ts";
import { settled } from "./traffic-router-contract.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

/** In front of a balancer's socket: hands everything on, and notes the commands. */
class CountingSocket {
  readonly commands: string[] = [];
  readonly path: string;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(balancer: string) {
    this.#directory = mkdtempSync(join(tmpdir(), "sluice-counting-"));
    this.path = join(this.#directory, "admin.sock");
    this.#server = createServer((connection) => {
      const onward = connect(balancer);
      connection.once("data", (chunk) => this.commands.push(chunk.toString().trim()));
      connection.pipe(onward).pipe(connection);
      // Else a caller who is gone is not noticed, and the server waits for it when it stops.
      connection.on("close", () => onward.destroy()).on("error", () => {});
      onward.on("close", () => connection.resume()).on("error", () => connection.destroy());
    });
  }

  static async start(balancer: string): Promise<CountingSocket> {
    const counting = new CountingSocket(balancer);
    await new Promise<void>((resolve) => counting.#server.listen(counting.path, resolve));
    return counting;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const DRAIN_SECONDS = 30;
const missing = whyNoHaproxy();
const never = new AbortController().signal;

describe.skipIf(missing !== null)(`HAProxy${missing ? ` (skipped: ${missing})` : ""}`, () => {
  let hosts: WebHost[];
  let one: WebHost;
  let two: WebHost;
  let balancers: HaproxyProcess[];
  /** The drain clock stands still unless a test moves it. */
  let now: number;

  beforeEach(async () => {
    hosts = ["s1", "s2"].map((name) => new WebHost(name));
    [one, two] = hosts as [WebHost, WebHost];
    for (const host of hosts) await host.start();
    balancers = [];
    now = 1_800_000_000_000;
  });
  afterEach(async () => {
    for (const balancer of balancers) await balancer.stop();
    for (const host of hosts) await host.stop();
  });

  async function start(options: Partial<HaproxyOptions> = {}): Promise<HaproxyProcess> {
    const web = hosts.map(({ name, port }) => ({ name, port }));
    const balancer = await HaproxyProcess.start({ backends: { web }, ...options });
    balancers.push(balancer);
    return balancer;
  }

  function newRouter(settings: Partial<HaproxySettings> = {}): HaproxyRouter {
    const sockets = balancers.map(({ socket }) => socket).join(", ");
    return haproxyRouter.create({ sockets, drainSeconds: DRAIN_SECONDS, ...settings }, { now: () => now });
  }

  function routed(hostName: string, more: Partial<RoutedHost> = {}): RoutedHost {
    return { hostId: `id-of-${hostName}`, hostName, address: null, groups: ["web"], ...more };
  }

  const adminState = async (balancer: HaproxyProcess, server: string) =>
    new RegExp(` ${server} \\S+ \\d (\\d+) `).exec(await balancer.ask("show servers state"))?.[1];
  const READY = "0";
  const MAINTENANCE = "1";
  const DRAINING = "8";

  describe("a block", () => {
    it("lets a request in flight end, and then puts the server into maintenance", async () => {
      const balancer = await start();
      const router = newRouter();
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      await router.block(routed("s1"), never);
      expect(await router.block(routed("s1"), never)).toMatchObject({
        outcome: "pending",
        detail: `web/s1 of ${balancer.socket}: 1 session open, drains`,
      });
      expect(await adminState(balancer, "s1")).toBe(DRAINING);
      one.release();
      expect(await answer).toBe("s1");
      expect(await settled(router, "block", routed("s1"))).toEqual({ outcome: "done" });
      expect(await adminState(balancer, "s1")).toBe(MAINTENANCE);
      expect(await adminState(balancer, "s2")).toBe(READY);
    });

    it("ends when the drain time has passed, and says what was still open", async () => {
      const balancer = await start();
      const router = newRouter();
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      await router.block(routed("s1"), never);
      now += DRAIN_SECONDS * 1000 - 1;
      expect(await router.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += 1;
      expect(await router.block(routed("s1"), never)).toEqual({
        outcome: "done",
        detail: `web/s1 of ${balancer.socket}: 1 session open when the drain time of 30 s had passed`,
      });
      expect(await adminState(balancer, "s1")).toBe(MAINTENANCE);
      one.release();
      await answer;
    });

    it("gives a server that drains already no more than one whole drain time", async () => {
      const balancer = await start();
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      await newRouter().block(routed("s1"), never);
      now += DRAIN_SECONDS * 1000;
      const successor = newRouter();
      expect(await successor.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += DRAIN_SECONDS * 1000;
      expect(await successor.block(routed("s1"), never)).toMatchObject({ outcome: "done" });
      expect(await adminState(balancer, "s1")).toBe(MAINTENANCE);
      one.release();
      await answer;
    });
  });

  describe("a server that is started again goes on with the wait of the one before", () => {
    it("for the end of a drain", async () => {
      const balancer = await start();
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      const before = newRouter();
      await before.block(routed("s1"), never);
      now += DRAIN_SECONDS * 1000 - 1;
      const successor = newRouter();
      successor.adopt(before.desiredState());
      expect(await successor.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += 1;
      expect(await successor.block(routed("s1"), never)).toMatchObject({ outcome: "done" });
      one.release();
      await answer;
    });

    it("for a host's health, and says what becomes of the host if nobody asks again", async () => {
      const balancer = await start();
      const settings = { healthySeconds: 10 };
      const before = newRouter(settings);
      await settled(before, "block", routed("s1"));
      await one.stop();
      expect(await before.allow(routed("s1"), never)).toMatchObject({
        outcome: "pending",
        ifLeft: `HAProxy keeps web/s1 of ${balancer.socket} in drain: it gets no requests until it is let in again, or HAProxy is restarted.`,
      });
      now += 9_999;
      const successor = newRouter(settings);
      successor.adopt(before.desiredState());
      expect(await successor.allow(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += 1;
      expect(await successor.allow(routed("s1"), never)).toMatchObject({ outcome: "failed" });
    });
  });

  /** Of two servers of Sluice on one database: each hears of the other's wishes. */
  function twoRouters(settings: Partial<HaproxySettings> = {}) {
    const [first, second] = [newRouter(settings), newRouter(settings)];
    const hear = (router: HaproxyRouter, other: HaproxyRouter) => router.adopt(other.desiredState());
    return { first, second, hear };
  }

  describe("the whole drain time is given", () => {
    const outAndIn = async (router: HaproxyRouter) => {
      expect(await settled(router, "block", routed("s1"))).toEqual({ outcome: "done" });
      expect(await settled(router, "allow", routed("s1"))).toMatchObject({ outcome: "done" });
    };

    it("anew, when somebody made the server ready by hand in the middle", async () => {
      const balancer = await start();
      const router = newRouter();
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      await router.block(routed("s1"), never);
      now += DRAIN_SECONDS * 1000;
      await balancer.ask("set server web/s1 state ready");
      expect(await router.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      expect(await router.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      one.release();
      await answer;
    });

    it("by a server of Sluice that began the last one, of which another saw the end, and that did not begin this one", async () => {
      const balancer = await start();
      const { first, second, hear } = twoRouters();
      await first.block(routed("s1"), never);
      hear(second, first);
      await outAndIn(second);
      now += DRAIN_SECONDS * 1000;
      const answer = get(balancer.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      await second.block(routed("s1"), never);
      hear(first, second);
      expect(await first.block(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      one.release();
      await answer;
    });
  });

  describe("an allow", () => {
    it("has its whole time by a server of Sluice that waited before, and whose wait another one ended", async () => {
      await start();
      const settings = { healthySeconds: 10 };
      const { first, second, hear } = twoRouters(settings);
      await settled(first, "block", routed("s1"));
      await one.stop();
      expect(await first.allow(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      hear(second, first);
      await settled(second, "block", routed("s1"));
      now += 10_000;
      expect(await second.allow(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      hear(first, second);
      expect(await first.allow(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += 10_000;
      expect(await first.allow(routed("s1"), never)).toMatchObject({ outcome: "failed" });
    });

    it("sends no request to a service that is not there, though HAProxy would after `ready`, until checks pass", async () => {
      // With one failure enough to bring it down, the health that HAProxy assumes after maintenance looks like full health.
      const web = hosts.map(({ name, port }) => ({ name, port, options: "check inter 50ms rise 2 fall 1" }));
      const balancer = await start({ backends: { web } });
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      await one.stop();
      const refused = await until(
        () => router.allow(routed("s1"), never),
        (outcome) => outcome.outcome !== "pending" || /Connection refused/.test(outcome.detail),
      );
      expect(refused).toMatchObject({ outcome: "pending", detail: expect.stringContaining("web/s1 of ") });
      for (let sent = 0; sent < 6; sent++) expect(await get(balancer.port)).toBe("s2");
      await one.start();
      expect(await settled(router, "allow", routed("s1"))).toEqual({ outcome: "done" });
      expect(await adminState(balancer, "s1")).toBe(READY);
    });

    it("gives the reason of the health check for as long as it fails", async () => {
      await start();
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      one.isHealthy = false;
      const outcome = await until(
        () => router.allow(routed("s1"), never),
        (asked) => asked.outcome !== "pending" || asked.detail.includes("503"),
      );
      expect(outcome).toMatchObject({
        outcome: "pending",
        detail: expect.stringMatching(/DOWN, last check: Layer7 wrong status \(L7STS 503\)/),
      });
      expect(await router.observe(routed("s1"), never)).toEqual([
        { group: "web", state: "unhealthy", detail: expect.stringContaining("L7STS 503") },
      ]);
    });

    it("is done at once, and says so, where no health check is configured", async () => {
      const web = hosts.map(({ name, port }) => ({ name, port, options: "" }));
      const balancer = await start({ backends: { web } });
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      expect(await router.allow(routed("s1"), never)).toEqual({
        outcome: "done",
        detail: `web/s1 of ${balancer.socket}: no health check is configured, so it was not awaited`,
      });
      expect(await adminState(balancer, "s1")).toBe(READY);
    });

    it("fails when the host is not healthy in time, and keeps it out also when it recovers or the balancer restarts", async () => {
      const balancer = await start();
      const router = newRouter({ healthySeconds: 60 });
      await settled(router, "block", routed("s1"));
      one.isHealthy = false;
      await until(
        () => router.allow(routed("s1"), never),
        (asked) => asked.outcome !== "pending" || /503/.test(asked.detail),
      );
      now += 59_999;
      expect(await router.allow(routed("s1"), never)).toMatchObject({ outcome: "pending" });
      now += 1;
      const failed = await router.allow(routed("s1"), never);
      expect(failed).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(
          /^web\/s1 of \S+: not healthy within 60 s \(healthySeconds\): DOWN.*, last check: .*L7STS 503/,
        ),
      });

      one.isHealthy = true;
      await until(
        () => router.observe(routed("s1"), never),
        ([traffic]) => traffic?.state === "draining",
      );
      for (let sent = 0; sent < 6; sent++) expect(await get(balancer.port)).toBe("s2");
      await balancer.restart();
      await router.reconcile([], never);
      expect(await adminState(balancer, "s1")).toBe(DRAINING);

      // The next deployment gives it the whole time again.
      await settled(router, "block", routed("s1"));
      expect(await settled(router, "allow", routed("s1"))).toEqual({ outcome: "done" });
    });

    it("brings in a server whose health is that of another", async () => {
      const [s1, s2] = hosts.map(({ name, port }) => ({ name, port }));
      const tracking = [{ ...s1!, options: "track web/s1" }, s2!];
      const balancer = await start({ backends: { web: [s1!, s2!], api: tracking } });
      const router = newRouter();
      const host = routed("s1", { groups: ["web", "api"] });
      expect(await settled(router, "block", host)).toMatchObject({ outcome: "done" });
      expect(await settled(router, "allow", host)).toEqual({ outcome: "done" });
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => get(balancer.port, "/", { "x-backend": "api" })),
      );
      expect(new Set(answers)).toEqual(new Set(["s1", "s2"]));
    });
  });

  describe("after a restart, which loses what it was told", () => {
    it("is told again by the stored state, once", async () => {
      const balancer = await start();
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      await settled(router, "allow", routed("s2"));
      const stored = JSON.parse(JSON.stringify(router.desiredState()));
      const successor = newRouter();
      expect(await successor.reconcile(stored, never)).toEqual([]);

      await balancer.restart();
      expect(await adminState(balancer, "s1")).toBe(READY);
      expect(await successor.reconcile(stored, never)).toEqual([
        {
          hostId: "id-of-s1",
          group: "web",
          socket: balancer.socket,
          wish: "blocked",
          detail: "is in maintenance again",
        },
      ]);
      expect(await adminState(balancer, "s1")).toBe(MAINTENANCE);
      expect(await adminState(balancer, "s2")).toBe(READY);
      await successor.reconcile(stored, never);
      expect(await successor.reconcile(stored, never)).toEqual([]);
    });

    it("leaves to people what they set by hand in the same process", async () => {
      const balancer = await start();
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      await balancer.ask("set server web/s1 state ready");
      expect(await router.reconcile([], never)).toEqual([]);
      expect(await adminState(balancer, "s1")).toBe(READY);
    });

    it("drains on, and finishes the block", async () => {
      const balancer = await start();
      const router = newRouter();
      const lost = get(balancer.port, "/slow", { "x-server": "s1" });
      lost.catch(() => {});
      await one.untilHeld();
      await router.block(routed("s1"), never);
      await balancer.restart();
      await router.reconcile([], never);
      expect(await adminState(balancer, "s1")).toBe(DRAINING);
      expect(await settled(router, "block", routed("s1"))).toEqual({ outcome: "done" });
      await expect(lost).rejects.toThrow();
    });

    it("brings in again a server that its configuration disables, by its health", async () => {
      const [s1, s2] = hosts.map(({ name, port }) => ({ name, port }));
      const balancer = await start({
        backends: { web: [s1!, { ...s2!, options: "check inter 50ms rise 2 fall 2 disabled" }] },
      });
      const router = newRouter();
      expect(await settled(router, "allow", routed("s2"))).toEqual({ outcome: "done" });
      await balancer.restart();
      expect(await adminState(balancer, "s2")).not.toBe(READY);
      await until(
        async () => {
          await router.reconcile([], never);
          return (await router.observe(routed("s2"), never))[0]?.state;
        },
        (state) => state === "serving",
      );
    });

    it("does not undo a wish that is newer than what is stored", async () => {
      const balancer = await start();
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      const stored = router.desiredState();
      await settled(router, "allow", routed("s1"));
      await balancer.restart();
      await Promise.all([router.reconcile(stored, never), router.allow(routed("s1"), never)]);
      expect(await settled(router, "allow", routed("s1"))).toEqual({ outcome: "done" });
      expect(await adminState(balancer, "s1")).toBe(READY);
    });

    it("is forgotten with its host", async () => {
      const balancer = await start();
      const router = newRouter();
      await settled(router, "block", routed("s1"));
      router.forget("id-of-s1");
      await balancer.restart();
      expect(await router.reconcile(router.desiredState(), never)).toEqual([]);
      expect(await adminState(balancer, "s1")).toBe(READY);
    });
  });

  it("is asked for its state once for all hosts that are waited for in one moment", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `host-${index}`);
    const balancer = await start({ backends: { web: names.map((name) => ({ name, port: one.port })) } });
    const counting = await CountingSocket.start(balancer.socket);
    const router = haproxyRouter.create({ sockets: counting.path, drainSeconds: DRAIN_SECONDS }, { now: () => now });
    try {
      await Promise.all(names.map((name) => router.block(routed(name), never)));
      expect(counting.commands.filter((command) => command.startsWith("show "))).toHaveLength(1);
      for (const name of names) expect(await adminState(balancer, name)).toBe(DRAINING);
      const ended = await Promise.all(names.map((name) => settled(router, "block", routed(name))));
      expect(ended).toEqual(names.map(() => ({ outcome: "done" })));
    } finally {
      await counting.stop();
    }
  });

  describe("of several balancers", () => {
    it("each has to be done", async () => {
      const first = await start();
      const second = await start({ socket: "tcp" });
      const router = newRouter();
      const answer = get(second.port, "/slow", { "x-server": "s1" });
      await one.untilHeld();
      const waiting = await until(
        () => router.block(routed("s1"), never),
        (outcome) => outcome.outcome !== "pending" || !outcome.detail.includes(first.socket),
      );
      expect(waiting).toMatchObject({ outcome: "pending", detail: expect.stringContaining(second.socket) });
      expect(await adminState(first, "s1")).toBe(MAINTENANCE);
      expect(await adminState(second, "s1")).toBe(DRAINING);
      expect((await router.observe(routed("s1"), never))[0]).toMatchObject({ state: "blocked" });
      one.release();
      await answer;
      expect(await settled(router, "block", routed("s1"))).toEqual({ outcome: "done" });
      expect(await adminState(second, "s1")).toBe(MAINTENANCE);
      expect(await settled(router, "allow", routed("s1"))).toEqual({ outcome: "done" });
      expect([await adminState(first, "s1"), await adminState(second, "s1")]).toEqual([READY, READY]);
    });

    it("one out of reach is a rejection that names it, and the others are left alone; a restarted one is told again", async () => {
      const first = await start();
      const second = await start();
      const router = newRouter();
      await second.kill();
      await expect(router.block(routed("s1"), never)).rejects.toThrow(second.socket);
      await expect(router.observe(routed("s1"), never)).rejects.toThrow(second.socket);
      expect(await adminState(first, "s1")).toBe(READY);
      await second.restart();
      await settled(router, "block", routed("s1"));
      await second.kill();
      await first.restart();
      await expect(router.reconcile([], never)).rejects.toThrow(second.socket);
      expect(await adminState(first, "s1")).toBe(MAINTENANCE);
    });

    it("one that does not know the host fails the request, by name, and the others are left alone", async () => {
      const first = await start();
      const second = await start({ backends: { web: [{ name: "s2", port: two.port }] } });
      const outcome = await newRouter().block(routed("s1"), never);
      expect(outcome).toEqual({
        outcome: "failed",
        reason: `there is no server named "s1" or "id-of-s1", in the backend web of ${second.socket}: it has s2 (127.0.0.1)`,
      });
      expect(await adminState(first, "s1")).toBe(READY);
    });
  });

  describe("names", () => {
    it("lead by the settings to other backends and servers", async () => {
      const balancer = await start();
      const router = newRouter({ backends: "my-targets=web", servers: "id-of-alpha=s1 beta=s2" });
      const alpha = routed("alpha", { groups: ["my-targets"] });
      expect(await settled(router, "block", alpha)).toEqual({ outcome: "done" });
      expect([await adminState(balancer, "s1"), await adminState(balancer, "s2")]).toEqual([MAINTENANCE, READY]);
      expect(await router.observe(routed("beta", { groups: ["my-targets"] }), never)).toMatchObject([
        { state: "serving" },
      ]);
    });

    it("give way to the address, and one that several servers have is not guessed at", async () => {
      const servers = [{ name: "s1", port: one.port, options: "" }];
      const balancer = await start({
        backends: { web: servers, both: hosts.map(({ name, port }) => ({ name, port })) },
      });
      const host = (group: string) => routed("alpha", { address: "127.0.0.1", groups: [group] });
      expect(await newRouter().observe(host("web"), never)).toMatchObject([{ state: "serving" }]);
      expect(await newRouter().block(host("both"), never)).toEqual({
        outcome: "failed",
        reason: expect.stringContaining(`127.0.0.1 is the address of s1, s2 in the backend both of ${balancer.socket}`),
      });
    });

    it("that are commands do nothing", async () => {
      const balancer = await start();
      const router = newRouter();
      for (const name of ["s1;set server web/s2 state maint", "s1\nset server web/s2 state maint", "s1 state maint"]) {
        for (const host of [
          routed(name),
          routed("s1", { groups: [name] }),
          routed("x", { hostId: name, address: name }),
        ]) {
          expect(await router.block(host, never)).toMatchObject({ outcome: "failed" });
          expect(await router.allow(host, never)).toMatchObject({ outcome: "failed" });
        }
      }
      expect([await adminState(balancer, "s1"), await adminState(balancer, "s2")]).toEqual([READY, READY]);
    });
  });

  it("that refuses a command fails the request with its reason and the cure", async () => {
    const balancer = await start({ level: "operator" });
    expect(await newRouter().block(routed("s1"), never)).toEqual({
      outcome: "failed",
      reason: `${balancer.socket} refused "set server web/s1 state drain": Permission denied (give the socket "level admin")`,
    });
  });
});
