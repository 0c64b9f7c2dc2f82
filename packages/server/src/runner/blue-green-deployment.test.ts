import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { memoryTrafficRouter, newMemoryServer } from "@sluice/drivers/memory/memory-traffic-router.ts";
import { hostTargets } from "@sluice/engine/host-targets.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { HostWay, TargetState } from "@sluice/engine/state.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemTimers, type Timers } from "../loops/timers.ts";
import { quarantine } from "../planning/quarantine.ts";
import { DEPLOYMENT_ROLLBACK } from "../store/columns/deployment-columns.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { GROUP_FIELDS } from "../store/columns/group-columns.ts";
import { lockDeployments, readHead, saveHead } from "../store/deployments.ts";
import { loadTargets } from "../store/targets.ts";
import { playHost, type RunnerFixture, runnerFixture } from "./runner.fixture.ts";

const HALF_AT_A_TIME = { type: "FLEET_PERCENT", value: 50 } as const;
const BLUE = ["blue-1", "blue-2"];
const GREEN = ["green-1", "green-2"];
const AT_ONCE: HostWay = { type: "blue-green", readyWaitMilliseconds: null, terminationWaitMilliseconds: null };
const WITH_WAITS: HostWay = {
  type: "blue-green",
  readyWaitMilliseconds: 3_600_000,
  terminationWaitMilliseconds: 3_600_000,
};
const REQUEST = {
  loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] },
  deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
  targetInstances: { tagFilters: [{ Key: "Color", Value: "green", Type: "KEY_AND_VALUE" }] },
  autoRollbackConfiguration: {
    enabled: true,
    events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
  },
} satisfies Partial<DeploymentRequest>;

const LOOKS = 3;
const COUNTING_TIMERS: Timers = {
  ...systemTimers,
  after: (milliseconds, action) =>
    systemTimers.after(milliseconds, () => {
      looks += 1;
      action();
    }),
};

let fixture: RunnerFixture;
/** How often the server had something to look at because its time had come. */
let looks = 0;
let stop: AbortController;
/** `HOST/Event` pairs that fail. */
let failing: Set<string>;
let web: Map<string, ReturnType<typeof newMemoryServer>>;
let alarms: Map<string, Omit<AlarmReading, "name">>;
/** Alarms whose monitoring system is away. */
let unreadable: Set<string>;
let terminated: string[];
/** While it is pending, no load balancer answers a block. */
let slowness: Promise<void>;
let blocksAsked: string[];

beforeEach(async () => {
  stop = new AbortController();
  failing = new Set();
  alarms = new Map([["errors", { state: "ok", since: null, detail: "" }]]);
  unreadable = new Set();
  terminated = [];
  slowness = Promise.resolve();
  blocksAsked = [];
  web = new Map([...BLUE, ...GREEN].map((host) => [host, newMemoryServer()]));
  const router = memoryTrafficRouter.create(
    {},
    { groups: new Map([["web", web]]), drainMilliseconds: 20, now: () => Date.now() },
  );
  const reader = memoryAlarmReader.create({}, { alarms });
  fixture = await runnerFixture([], COUNTING_TIMERS, {
    matchHosts: async ({ ec2TagFilters }) =>
      (ec2TagFilters?.[0]?.Value === "green" ? GREEN : BLUE).map((hostId) => ({
        hostId,
        hostName: hostId,
        kind: "instance",
        zone: null,
      })),
    trafficRouter: {
      block: async (host, signal) => {
        blocksAsked.push(host.hostId);
        await slowness;
        return router.block(host, signal);
      },
      allow: (host, signal) => router.allow(host, signal),
      observe: (host, signal) => router.observe(host, signal),
    },
    alarmReader: {
      read: async (names, signal) => {
        const detail = "its system is away";
        return (await reader.read(names, signal)).map((reading) =>
          unreadable.has(reading.name) ? { ...reading, state: "unreadable", detail } : reading,
        );
      },
    },
    hostTerminator: {
      terminate: async (hostIds) => {
        terminated.push(...hostIds);
        return { terminated: hostIds, kept: [], unanswered: [] };
      },
    },
  });
  for (const host of [...BLUE, ...GREEN]) {
    void playHost(fixture, host, stop.signal, { fails: (event) => failing.has(`${host}/${event}`) });
  }
});

afterEach(async () => {
  stop.abort();
  await fixture.close();
});

async function rowOf(deploymentId: string) {
  const row = await fixture.store.db
    .selectFrom("deployments")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .executeTakeFirstOrThrow();
  return { ...row, head: readHead(row) };
}

function until(deploymentId: string, status: RegExp) {
  return vi.waitFor(
    async () => {
      const row = await rowOf(deploymentId);
      expect(`${row.status} ${row.error_message ?? ""}`).toMatch(status);
      return row;
    },
    { interval: 5 },
  );
}

async function looksPass(): Promise<void> {
  const before = looks;
  await vi.waitFor(() => expect(looks).toBeGreaterThanOrEqual(before + LOOKS), { interval: 5 });
}

async function start(strategy: HostWay, names: readonly string[] = []) {
  await fixture.createDeployment("d-BG", HALF_AT_A_TIME, {
    strategy,
    request: REQUEST,
    ...(names.length > 0 ? { alarms: { names, ignoresPollFailure: false } } : {}),
  });
}

async function decide(event: "stopRequested" | "ready" | "termination"): Promise<void> {
  await fixture.store.write(async (transaction) => {
    const [row] = await lockDeployments(transaction, ["d-BG"]);
    const change = event === "stopRequested" ? { stopRequestedAt: Date.now() } : { continued: event };
    const head = { ...readHead(row!), ...change };
    await saveHead(transaction, { head, lastSequence: row!.last_sequence, wakeAt: Date.now() });
  });
  fixture.runner.wake();
}

const serving = () => [...web].filter(([, { admin }]) => admin === "ready").map(([host]) => host);
const targetsOf = async (deploymentId: string) =>
  hostTargets({ targets: await loadTargets(fixture.store, deploymentId) });
const namesOf = (target: TargetState | undefined) => target?.lifecycleEvents.map(({ name }) => name);

async function groupFields() {
  return GROUP_FIELDS.read(
    await fixture.store.db.selectFrom("deployment_groups").selectAll().executeTakeFirstOrThrow(),
  );
}

async function historyOf() {
  const rows = await fixture.store.db.selectFrom("group_hosts").select(["target_id", "healthy"]).execute();
  return Object.fromEntries(rows.map((row) => [row.target_id, row.healthy]));
}

describe("blue/green", () => {
  it("moves the traffic from the original to the replacement fleet, which is then the group's", async () => {
    await start(AT_ONCE);
    const row = await until("d-BG", /Succeeded|Failed|Stopped/);
    expect(row).toMatchObject({ status: "Succeeded", error_message: null });
    expect(serving()).toEqual(GREEN);
    expect(await groupFields()).toMatchObject({ ec2TagFilters: REQUEST.targetInstances.tagFilters });
    expect(await historyOf()).toEqual({ "green-1": 1, "green-2": 1 });
    const targets = await targetsOf("d-BG");
    expect(targets.map(({ targetId, label, status }) => [targetId, label, status])).toEqual([
      ["green-1", "Green", "Succeeded"],
      ["green-2", "Green", "Succeeded"],
      ["blue-1", "Blue", "Succeeded"],
      ["blue-2", "Blue", "Succeeded"],
    ]);
    expect(namesOf(targets[0])).toHaveLength(10);
    expect(namesOf(targets[2])).toEqual(["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"]);
    const allowed = Math.max(...targets.slice(0, 2).map(({ lifecycleEvents }) => lifecycleEvents.at(-1)?.endedAt ?? 0));
    for (const { lifecycleEvents } of targets.slice(2)) {
      expect(lifecycleEvents[0]?.startedAt).toBeGreaterThanOrEqual(allowed);
    }
  });

  it("waits for leave, keeps the originals for a way back, and terminates them in the end", async () => {
    await start(WITH_WAITS);
    // The balancer would send requests to the replacements as soon as they answer.
    expect(serving()).toEqual([...BLUE, ...GREEN]);
    await until("d-BG", /^Ready/);
    expect(serving()).toEqual(BLUE);
    await decide("ready");
    await vi.waitFor(async () => expect((await rowOf("d-BG")).head.wait?.kind).toBe("termination"));
    expect(serving()).toEqual(GREEN);
    expect(terminated).toEqual([]);
    await decide("termination");
    await until("d-BG", /^Succeeded/);
    expect(terminated).toEqual(BLUE);
  });

  it("leaves no replacement Ready for ever when a bug of ours ends the deployment", async () => {
    await start(WITH_WAITS);
    await until("d-BG", /^Ready/);
    await fixture.store.write((transaction) => quarantine(transaction, "d-BG", "a number was negative", 1));
    await until("d-BG", /^Failed/);
    expect((await targetsOf("d-BG")).map(({ status }) => status)).toEqual(["Skipped", "Skipped", "Skipped", "Skipped"]);
  });

  it("leaves the traffic where it is when the replacements fail, and says that there is nothing to roll back", async () => {
    for (const host of GREEN) failing.add(`${host}/ValidateService`);
    await start(AT_ONCE);
    const row = await until("d-BG", /^Failed/);
    expect(serving()).toEqual(BLUE);
    expect(row.head.statusMessages).toEqual([
      "Kept deregistered from the load balancer: green-1, green-2.",
      "Not deregistered from the load balancer: blue-1, blue-2.",
      "Skipped, because the deployment failed before their turn: green-2, blue-1, blue-2.",
    ]);
    expect(DEPLOYMENT_ROLLBACK.read(row)).toEqual({
      rollbackMessage:
        "Deployment d-BG registered no replacement host with the load balancer and deregistered no original host: there is nothing to roll back.",
    });
  });
});

describe("the way back of a blue/green deployment", () => {
  it("lets the originals in again and takes the replacements out when it is stopped in its termination wait", async () => {
    await start({ ...WITH_WAITS, readyWaitMilliseconds: null } as HostWay);
    await vi.waitFor(async () => expect((await rowOf("d-BG")).head.wait?.kind).toBe("termination"));
    await decide("stopRequested");
    await until("d-BG", /^Stopped/);
    await until("d-ROLLBACK1", /^Succeeded/);
    expect(serving()).toEqual(BLUE);
    const targets = await targetsOf("d-ROLLBACK1");
    expect(targets.map(({ targetId, label }) => [targetId, label])).toEqual([
      ["blue-1", "Blue"],
      ["blue-2", "Blue"],
      ["green-1", "Green"],
      ["green-2", "Green"],
    ]);
    expect(namesOf(targets[0])).toEqual(["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"]);
    expect(namesOf(targets[2])).toEqual(["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"]);
    expect(await groupFields()).toEqual({ serviceRoleArn: "" });
    expect(terminated).toEqual([]);
  });

  it("concerns only the hosts whose traffic was moved", async () => {
    failing.add("green-1/AfterAllowTraffic");
    failing.add("green-2/AfterAllowTraffic");
    await start(AT_ONCE);
    await until("d-BG", /^Failed/);
    await until("d-ROLLBACK1", /^Succeeded/);
    expect(serving()).toEqual(BLUE);
    expect((await targetsOf("d-ROLLBACK1")).every(({ label }) => label === "Green")).toBe(true);
  });

  it("leaves the replacements in when no original comes back", async () => {
    await start({ ...WITH_WAITS, readyWaitMilliseconds: null } as HostWay);
    await vi.waitFor(async () => expect((await rowOf("d-BG")).head.wait?.kind).toBe("termination"));
    for (const host of BLUE) failing.add(`${host}/BeforeAllowTraffic`);
    await decide("stopRequested");
    const rollback = await until("d-ROLLBACK1", /^Failed/);
    expect(serving()).toEqual(GREEN);
    expect(rollback.error_message).toMatch(
      /0 original hosts registered again .* the replacement hosts were kept registered/,
    );
  });

  it("follows an alarm, which fires on after that and does not stop it", async () => {
    await start({ ...WITH_WAITS, readyWaitMilliseconds: null } as HostWay, ["errors"]);
    await vi.waitFor(async () => expect((await rowOf("d-BG")).head.wait?.kind).toBe("termination"));
    alarms.set("errors", { state: "alarm", since: 0, detail: "too many errors" });
    const row = await until("d-BG", /^Stopped/);
    expect(row.error_code).toBe("ALARM_ACTIVE");
    expect(row.error_message).toMatch(/Activated alarms: <errors> errors fires since .*: too many errors\.$/);
    await until("d-ROLLBACK1", /^Succeeded/);
    expect(serving()).toEqual(BLUE);
  });
});

describe("alarms at the start", () => {
  it("stop a deployment when one fires, although the system of another is away and that is to be ignored", async () => {
    unreadable.add("latency");
    alarms.set("errors", { state: "alarm", since: null, detail: "" });
    await fixture.createDeployment("d-BG", HALF_AT_A_TIME, {
      strategy: AT_ONCE,
      request: REQUEST,
      alarms: { names: ["latency", "errors"], ignoresPollFailure: true },
    });
    const row = await until("d-BG", /^Stopped/);
    expect(row.error_message).toMatch(/Activated alarms: <errors>/);
    expect(await targetsOf("d-BG")).toEqual([]);
  });

  it.each([
    ["fires", { state: "alarm", since: null, detail: "" }, /Activated alarms: <errors>/],
    ["is unknown", undefined, /no such alarm \(errors: no such alarm in memory\)/],
  ] as const)("stop a deployment before anything is touched when one %s", async (_, alarm, message) => {
    if (alarm) alarms.set("errors", alarm);
    else alarms.delete("errors");
    await start(AT_ONCE, ["errors"]);
    const row = await until("d-BG", /^Stopped/);
    expect(row).toMatchObject({ error_code: "ALARM_ACTIVE", error_message: expect.stringMatching(message) });
    expect(await targetsOf("d-BG")).toEqual([]);
  });
});

it("does not start where a load balancer does not know a host", async () => {
  web.delete("green-2");
  await start(AT_ONCE);
  const row = await until("d-BG", /^Failed/);
  expect(row.error_code).toBe("ELASTIC_LOAD_BALANCING_INVALID");
  expect(row.error_message).toContain("green-2 in web: there is no green-2 in web");
  expect(await targetsOf("d-BG")).toEqual([]);
});

it("is out of the next deployment's way when it was stopped while a load balancer took its time", async () => {
  const answer = Promise.withResolvers<void>();
  slowness = answer.promise;
  await start(AT_ONCE);
  await vi.waitFor(() => expect(blocksAsked).toEqual(GREEN));
  await decide("stopRequested");
  await until("d-BG", /^Stopped/);

  await fixture.createDeployment("d-NEXT", HALF_AT_A_TIME, { strategy: AT_ONCE, request: REQUEST });
  fixture.runner.wake();
  // What it waits for is not time.
  await looksPass();
  expect(await rowOf("d-NEXT")).toMatchObject({ status: "Created", head: { statusMessages: [] } });
  const why = [
    expect.stringMatching(/^Before this deployment starts it waits for what d-BG had asked for when it ended/),
  ];
  await vi.waitFor(async () => expect((await rowOf("d-NEXT")).head.statusMessages).toEqual(why));
  await looksPass();
  expect(await rowOf("d-NEXT")).toMatchObject({ status: "Created", last_sequence: 2, head: { statusMessages: why } });
  expect(blocksAsked).toEqual(GREEN);

  slowness = Promise.resolve();
  answer.resolve();
  await until("d-NEXT", /^Succeeded/);
  expect(serving()).toEqual(GREEN);
});
