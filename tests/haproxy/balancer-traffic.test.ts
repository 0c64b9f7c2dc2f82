import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import type { BalancerPlan } from "@sluice/engine/ports/balancer.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { groupOf, listenerAt, serverAt, TestBalancer } from "./balancer.fixture.ts";
import { EchoClient, EchoHost } from "./echo-host.fixture.ts";
import { whyNoHaproxy } from "./haproxy-process.fixture.ts";
import { Load } from "./load.fixture.ts";
import { until } from "./until-wanted.fixture.ts";
import { WebHost } from "./web-host.fixture.ts";

const missing = whyNoHaproxy();
/** So many that a share of a half is 2 points off, by chance, less than once in a million runs. */
const SAMPLE = 16_000;
/** Enough to see that nothing at all goes there. */
const SMALL_SAMPLE = 1_000;
const DONE = { outcome: "done" };

describe.skipIf(missing !== null)(
  `traffic through a HAProxy of our own${missing ? ` (skipped: ${missing})` : ""}`,
  () => {
    let own: TestBalancer;
    let hosts: readonly [WebHost, WebHost, WebHost];
    let port: number;
    let load: Load | undefined;

    beforeEach(async () => {
      own = new TestBalancer();
      hosts = [new WebHost("blue-1"), new WebHost("green-1"), new WebHost("blue-2")];
      for (const host of hosts) await host.start();
      port = await freePort();
    });
    afterEach(async () => {
      load?.kill();
      load = undefined;
      await own.stop();
      for (const host of hosts) await host.stop();
    });

    /** `percent` of it goes to green. */
    const planOf = (percent: number, more: Partial<BalancerPlan> = {}): BalancerPlan => ({
      listeners: [listenerAt(port, { blue: 100 - percent, green: percent })],
      groups: [groupOf("blue", [serverAt(hosts[0])]), groupOf("green", [serverAt(hosts[1])])],
      ...more,
    });
    const master = () => Number(readFileSync(join(own.directory, "haproxy.pid"), "utf8").trim());
    const workers = () =>
      readFileSync(`/proc/${master()}/task/${master()}/children`, "utf8").trim().split(" ").map(Number);

    /** Until another master has taken over. */
    const killed = async (pid: number) => {
      const before = master();
      process.kill(pid, "SIGKILL");
      const isAnother = () => {
        try {
          return master() !== before && workers().length > 0;
        } catch {
          return false;
        }
      };
      await until(isAnother, Boolean);
    };

    it("gives each group its share, without a reload, and nothing to a weight of 0", async () => {
      await own.apply(planOf(0));
      await own.untilHealthy(2);
      const [worker] = workers();
      for (const percent of [0, 10, 50, 90, 100]) {
        expect(await own.apply(planOf(percent))).toEqual(DONE);
        const before = await own.observe();
        const sample = percent % 100 === 0 ? SMALL_SAMPLE : SAMPLE;
        const answers = await ask(port, sample);
        const share = (100 * (answers.get("green-1") ?? 0)) / sample;
        expect([...answers.values()].reduce((sum, count) => sum + count)).toBe(sample);
        if (percent % 100 === 0) expect(share).toBe(percent);
        else expect(Math.abs(share - percent)).toBeLessThan(2);
        const after = await own.observe();
        const counted = (after.requests.get("green") ?? 0) - (before.requests.get("green") ?? 0);
        expect(counted).toBe(answers.get("green-1") ?? 0);
      }
      expect(workers()).toEqual([worker]);
    });

    it("loses no request while weights change 50 times, and servers come, drain and go", async () => {
      await own.apply(planOf(0));
      await own.untilHealthy(2);
      load = new Load(port);
      for (let change = 0; change < 50; change++) {
        const isThere = change % 10 < 8;
        const isDraining = change % 10 >= 6;
        const second = isThere ? [serverAt(hosts[2], isDraining)] : [];
        const groups = [groupOf("blue", [serverAt(hosts[0]), ...second]), groupOf("green", [serverAt(hosts[1])])];
        expect(await own.apply(planOf((change * 17) % 101, { groups }))).toEqual(DONE);
        await load.advance(100);
        // It leaves when it has nothing more to do, as a task does that is stopped.
        if (isDraining)
          await until(
            () => own.observe(),
            ({ servers }) => servers.every(({ serverId, sessions }) => serverId !== "blue-2" || sessions === 0),
          );
        if (change % 10 === 5) await own.untilHealthy(3);
      }
      const { succeeded, failed } = await load.end();
      expect(failed).toBe(0);
      expect(succeeded).toBeGreaterThan(5_000);
      expect(hosts[2].requests).toBeGreaterThan(0);
    });

    it("loses no request over reloads for new listeners and groups", async () => {
      await own.apply(planOf(50));
      await own.untilHealthy(2);
      load = new Load(port);
      const [worker] = workers();
      for (let round = 0; round < 5; round++) {
        const other = listenerAt(await freePort(), { [`extra-${round}`]: 1 });
        const extra = groupOf(`extra-${round}`, [serverAt(hosts[2])]);
        const { listeners, groups } = planOf(50);
        expect(await own.apply({ listeners: [other, ...listeners], groups: [extra, ...groups] })).toEqual(DONE);
        await own.untilHealthy(3);
        await load.advance();
        expect((await ask(other.port, 20)).get("blue-2")).toBe(20);
      }
      expect(workers()).not.toContain(worker);
      expect((await load.end()).failed).toBe(0);
    });

    it("sends nothing to a new server before it was healthy, also when a reload or a restart comes in between", async () => {
      await own.apply(planOf(0));
      await own.untilHealthy(2);
      hosts[2].isHealthy = false;
      const groups = [groupOf("blue", [serverAt(hosts[0]), serverAt(hosts[2])]), groupOf("green", [])];
      await own.apply(planOf(0, { groups }));
      await ask(port, 200);
      await own.apply(
        planOf(0, { groups, listeners: [...planOf(0).listeners, listenerAt(await freePort(), { green: 1 })] }),
      );
      await ask(port, 200);
      await killed(master());
      await until(
        () => ask(port, 1).catch(() => undefined),
        (answers) => answers?.get("blue-1") === 1,
      );
      await ask(port, 200);
      expect(hosts[2].requests).toBe(0);
      hosts[2].isHealthy = true;
      await own.untilHealthy(2);
      await ask(port, 200);
      expect(hosts[2].requests).toBeGreaterThan(0);
    });

    it("answers 503 for a group without a healthy server, and leaves the other its share", async () => {
      hosts[1].isHealthy = false;
      await own.apply(planOf(50));
      await own.untilHealthy(1);
      const answers = await ask(port, 1_000);
      expect(answers.get("green-1")).toBeUndefined();
      expect(Math.abs((answers.get("503") ?? 0) - 500)).toBeLessThan(100);
    });

    it("keeps WebSockets through a weight change, a drain and a reload, and counts them", async () => {
      const echo = new EchoHost("echo");
      await echo.start();
      const server = { serverId: "echo", address: "127.0.0.1", port: echo.port, isDraining: false };
      const blue = (isDraining: boolean) => groupOf("blue", [{ ...server, isDraining }]);
      const plan = (percent: number, isDraining = false) =>
        planOf(percent, { groups: [blue(isDraining), groupOf("green", [serverAt(hosts[1])])] });
      await own.apply(plan(0));
      await own.untilHealthy(2);
      const client = await EchoClient.open(port);
      const sessionsOf = async () =>
        (await own.observe()).servers.find(({ serverId }) => serverId === "echo")?.sessions;
      try {
        expect(await client.say("a")).toBe("echo:a");
        await own.apply(plan(100));
        expect(await client.say("b")).toBe("echo:b");
        await own.apply(plan(100, true));
        expect(await client.say("c")).toBe("echo:c");
        expect(await sessionsOf()).toBe(1);
        const { listeners, groups } = plan(100, true);
        await own.apply({ listeners: [...listeners, listenerAt(await freePort(), { green: 1 })], groups });
        expect(await client.say("d")).toBe("echo:d");
        expect(await sessionsOf()).toBe(1);
        client.close();
        await until(sessionsOf, (sessions) => sessions === 0);
      } finally {
        client.close();
        await echo.stop();
      }
    });

    it.each(["worker", "master"] as const)(
      "serves again after the %s was killed, with the newest weights",
      async (victim) => {
        await own.apply(planOf(0));
        await own.untilHealthy(2);
        await own.apply(planOf(100));
        await killed(victim === "master" ? master() : workers()[0]!);
        await until(
          () => ask(port, 1).catch(() => undefined),
          (answers) => answers?.get("green-1") === 1,
        );
        expect(await ask(port, 100)).toEqual(new Map([["green-1", 100]]));
        await until(
          () => own.observe(),
          ({ trouble }) => trouble === "",
        );
      },
    );

    it("goes on without its owner, and is taken over without a reload", async () => {
      await own.apply(planOf(30));
      await own.untilHealthy(2);
      const before = [master(), ...workers()];
      load = new Load(port);
      await load.advance();
      await own.reopen();
      await load.advance();
      const { servers, requests, trouble } = await own.observe();
      expect(servers.map(({ health }) => health)).toEqual(["healthy", "healthy"]);
      expect(trouble).toBe("");
      expect(requests.get("blue")).toBeGreaterThan(0);
      expect(await own.apply(planOf(30))).toEqual(DONE);
      expect(await own.apply(planOf(60))).toEqual(DONE);
      await load.advance();
      expect((await load.end()).failed).toBe(0);
      expect([master(), ...workers()]).toEqual(before);
    });

    it("was started with nothing of ours, and shows its files to nobody", async () => {
      await own.apply(planOf(0));
      const pid = master();
      const open = readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      const files = open.filter((target) => target.startsWith("/") && target !== "/dev/null");
      expect(files.every((target) => target.startsWith(own.directory))).toBe(true);
      const session = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      expect([Number(session[2]), Number(session[3])]).toEqual([pid, pid]);
    });
  },
);

/** So many requests over kept connections; how often each body, or a status other than 200, was the answer. */
async function ask(port: number, count: number): Promise<Map<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const answers = new Map<string, number>();
  try {
    const tasks = Array.from({ length: Math.min(16, count) }, async (_, worker) => {
      for (let index = worker; index < count; index += 16) {
        const answer = await askOnce(port, agent);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    });
    await Promise.all(tasks);
    return answers;
  } finally {
    agent.destroy();
  }
}

function askOnce(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: "/", agent }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response
        .on("error", reject)
        .on("end", () => resolve(response.statusCode === 200 ? body : String(response.statusCode)));
    });
    sent.on("error", reject).end();
  });
}
