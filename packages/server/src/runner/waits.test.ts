import {
  type MemoryServer,
  memoryTrafficRouter,
  newMemoryServer,
} from "@sluice/drivers/memory/memory-traffic-router.ts";
import { ONE_AT_A_TIME } from "@sluice/engine/engine.fixture.ts";
import type { AlarmWatch } from "@sluice/engine/state.ts";
import { afterEach, expect, it, vi } from "vitest";
import { hurriedTimers } from "../loops/hurried-timers.fixture.ts";
import { systemTimers, type Timers } from "../loops/timers.ts";
import { deploymentTarget } from "../operations/codedeploy/views/target-info.ts";
import { getDeploymentWaits } from "../operations/sluice/get-deployment-waits.ts";
import type { SluiceContext } from "../operations/sluice/sluice-context.ts";
import { liveEcsServices } from "../platforms/ecs-services.ts";
import { liveLambdaAliases } from "../platforms/lambda-aliases.ts";
import { commitHeadEvent } from "../store/commit-events.ts";
import { lockDeployments, readHead } from "../store/deployments.ts";
import { readEvents } from "../store/events.ts";
import { findTargets } from "../store/target-listing.ts";
import { playHost, type RunnerFixture, runnerFixture } from "./runner.fixture.ts";

const DEPLOYMENT = "d-WAITS";
const REQUEST = { loadBalancerInfo: { targetGroupInfoList: [{ name: "web" }] } };
const STRATEGY = { type: "in-place", hasTrafficControl: true, zones: null } as const;
const SCOPE = { accountId: "111122223333", region: "us-east-1" };
/** What takes half a minute takes less than a second here. */
const SPEED = 50;

let fixture: RunnerFixture;
let stop = new AbortController();
let web: Map<string, MemoryServer>;
/** Why the load balancer, or the monitoring system, cannot be asked; null: it can. */
let balancerAway: string | null = null;
let alarmsAway: string | null = null;
let logged: string[] = [];

afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  await fixture.close();
  balancerAway = null;
  alarmsAway = null;
  logged = [];
});

async function begin(timers: Timers, alarms?: AlarmWatch): Promise<void> {
  web = new Map([["h1", newMemoryServer()]]);
  const groups = new Map([["web", web]]);
  const router = memoryTrafficRouter.create({}, { groups, drainMilliseconds: 0, now: timers.now });
  fixture = await runnerFixture(["h1"], timers, {
    trafficRouter: {
      block: (host, signal) => router.block(host, signal),
      allow: (host, signal) => router.allow(host, signal),
      observe: async (host, signal) => {
        if (balancerAway !== null) throw new Error(balancerAway);
        return router.observe(host, signal);
      },
    },
    alarmReader: {
      read: async (names) => {
        if (alarmsAway !== null) throw new Error(alarmsAway);
        return names.map((name) => ({ name, state: "ok", since: null, detail: "" }));
      },
    },
    onError: (error) => logged.push((error as Error).message),
  });
  await fixture.createDeployment(DEPLOYMENT, ONE_AT_A_TIME, {
    request: REQUEST,
    strategy: STRATEGY,
    ...(alarms ? { alarms } : {}),
  });
  void playHost(fixture, "h1", stop.signal);
}

const NO_PLATFORMS = { ecsServices: liveEcsServices({}, Date.now), lambdaAliases: liveLambdaAliases({}, Date.now) };

async function row() {
  const found = await fixture.store.db
    .selectFrom("deployments")
    .selectAll()
    .where("deployment_id", "=", DEPLOYMENT)
    .executeTakeFirstOrThrow();
  return { ...found, head: readHead(found) };
}

const waits = () =>
  getDeploymentWaits({ deploymentId: DEPLOYMENT }, { store: fixture.store, now: () => 0 } as SluiceContext);

async function allowTraffic() {
  const [found] = await findTargets(fixture.store.db, DEPLOYMENT, ["h1"]);
  const { instanceTarget } = await deploymentTarget({ ...SCOPE, ...NO_PLATFORMS }, await row(), found!);
  return instanceTarget?.lifecycleEvents?.find(({ lifecycleEventName }) => lifecycleEventName === "AllowTraffic");
}

const eventually = (look: () => Promise<void>) => vi.waitFor(look, { interval: 5 });

it("tells why a traffic event waits, since when and until when, and ends it when the deployment is stopped", async () => {
  const timers = hurriedTimers(SPEED);
  const startedAt = timers.now();
  await begin(timers);
  web.get("h1")!.sickness = "DOWN, last check: L4CON";
  await eventually(async () => expect((await waits()).targets).not.toEqual([]));
  const [wait] = (await waits()).targets;
  expect(wait).toMatchObject({
    targetId: "h1",
    hostName: "h1",
    lifecycleEvent: "AllowTraffic",
    reason: "DOWN, last check: L4CON",
  });
  expect(wait?.since?.getTime()).toBeGreaterThanOrEqual(startedAt);
  expect(wait?.until?.getTime()).toBe(wait!.since!.getTime() + 15 * 60_000);
  expect((await allowTraffic())?.diagnostics).toEqual({
    scriptName: "",
    message: `Waiting for the load balancer since ${wait?.since?.toISOString()}, until ${wait?.until?.toISOString()} at the latest. It says: DOWN, last check: L4CON`,
    logTail: "",
  });
  const events = await readEvents(fixture.store, { afterEventId: 0, deploymentId: DEPLOYMENT, limit: 500 });
  expect(events.filter(({ type }) => type === "targetWaiting")).toMatchObject([
    { body: { targetId: "h1", event: "AllowTraffic", reason: "DOWN, last check: L4CON" } },
  ]);

  await fixture.store.write(async (transaction) => {
    const [locked] = await lockDeployments(transaction, [DEPLOYMENT]);
    const at = timers.now();
    await commitHeadEvent(transaction, locked!, { type: "stopRequested" }, { at, wakeAt: at });
    transaction.afterCommit(() => fixture.runner.wake());
  });
  await eventually(async () => expect((await row()).status).toBe("Stopped"));
  expect((await allowTraffic())?.diagnostics?.message).toMatch(
    /^The deployment was stopped while AllowTraffic was in progress on host h1, .* Its last answer was: DOWN, last check: L4CON$/,
  );
  expect(await waits()).toEqual({ targets: [] });
});

const AWAY = "the HAProxy socket /run/haproxy.sock cannot be used: connect ENOENT. Is HAProxy running?";

it("says at once that a load balancer cannot be asked at the start, and starts when it can", async () => {
  balancerAway = AWAY;
  await begin(systemTimers);
  await eventually(async () => expect((await waits()).waiting?.reason).toBe(AWAY));
  const { status, head } = await row();
  expect(status).toBe("Created");
  expect(head.statusMessages).toEqual([
    expect.stringMatching(
      /^The deployment could not start at .*Z: the HAProxy socket .*\. It is tried again until .*Z\.$/,
    ),
  ]);
  const { waiting } = await waits();
  expect(waiting!.until!.getTime() - waiting!.since!.getTime()).toBe(31_750);
  expect(logged).toEqual([AWAY]);
  balancerAway = null;
  await eventually(async () => expect((await row()).status).toBe("Succeeded"));
  expect((await row()).head.waiting).toBeUndefined();
});

it("fails with the true cause when the load balancer could not be asked in time, and blames no host", async () => {
  balancerAway = AWAY;
  await begin(hurriedTimers(SPEED));
  await eventually(async () => expect((await row()).active).toBe(0));
  expect(await row()).toMatchObject({
    status: "Failed",
    error_code: "ELASTIC_LOAD_BALANCING_INVALID",
    error_message: `The deployment was not started, and nothing was changed, because its load balancer cannot be asked: ${AWAY}. Restore access to it, and deploy again.`,
  });
  expect((await row()).head.statusMessages).toHaveLength(1);
});

it("stops as an alarm would when the monitoring system could not be asked in time, and names it", async () => {
  alarmsAway = "the alarms cannot be read from Prometheus at http://127.0.0.1:9090: ECONNREFUSED";
  await begin(hurriedTimers(SPEED), { names: ["errors"], ignoresPollFailure: false });
  await eventually(async () => expect((await row()).head.statusMessages).toHaveLength(1));
  await eventually(async () => expect((await row()).active).toBe(0));
  expect(await row()).toMatchObject({ status: "Stopped", error_code: "ALARM_ACTIVE" });
  expect((await row()).error_message).toBe(
    `The deployment was not started, and nothing was changed, because its alarms (errors) cannot be read, so their state is unknown: ${alarmsAway}. Restore access to the monitoring system and deploy again, or set ignorePollAlarmFailure in the alarm configuration.`,
  );
});
