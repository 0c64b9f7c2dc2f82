import type { DeliveryOutcome, Notification } from "@sluice/engine/ports/notifier.ts";
import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { playHost, type RunnerFixture, runnerFixture } from "../runner/runner.fixture.ts";
import type { DeploymentRequest } from "../store/columns/deployment-request.ts";
import { readDeliveryCursor, replayDeliveries } from "../store/deliveries.ts";
import { newestEventId } from "../store/events.ts";
import { isSpent, retryDelayMilliseconds } from "./delivery-sender.ts";
import {
  allDeliveries,
  LeapingTimers,
  type NotificationFixture,
  notificationFixture,
  setTriggers,
} from "./notifications.fixture.ts";

const ALL_AT_ONCE = { type: "FLEET_PERCENT", value: 0 } as const;
const ROLL_BACK: Partial<DeploymentRequest> = {
  autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
};
const EVERYTHING = ENUMS.TriggerEventType;

let runner: RunnerFixture;
let stop: AbortController;
const failing = new Set<string>();
let at: NotificationFixture | undefined;

beforeEach(async () => {
  stop = new AbortController();
  failing.clear();
  runner = await runnerFixture(["a", "b"]);
  for (const host of ["a", "b"]) {
    void playHost(runner, host, stop.signal, {
      fails: (event, deploymentId) => event === "ValidateService" && failing.has(deploymentId),
    });
  }
});
afterEach(async () => {
  stop.abort();
  await at?.notifications.close();
  at = undefined;
  await runner.close();
});

async function deploy(deploymentId: string): Promise<void> {
  await runner.createDeployment(deploymentId, ALL_AT_ONCE, { request: ROLL_BACK, revisionKey: deploymentId });
  await ended(deploymentId);
}

function ended(deploymentId: string): Promise<void> {
  return vi.waitFor(async () => expect(await runner.statusOf(deploymentId)).toMatch(/Succeeded|Failed|Stopped/), {
    interval: 5,
  });
}

function start(onDeliver?: (notification: Notification) => DeliveryOutcome): NotificationFixture {
  at = notificationFixture(runner.store, new LeapingTimers(), onDeliver ? { onDeliver } : {});
  at.notifications.start();
  return at;
}

/** Every event was looked at, and no message waits. */
function settled(): Promise<void> {
  return vi.waitFor(
    async () => {
      expect(await readDeliveryCursor(runner.store)).toBe(await newestEventId(runner.store));
      expect((await allDeliveries(runner.store)).filter(({ status }) => status === "pending")).toEqual([]);
    },
    { interval: 5 },
  );
}

const typesFor = (deploymentId: string, delivered: readonly Notification[]) =>
  delivered
    .filter(({ body }) => JSON.parse(body).deploymentId === deploymentId)
    .map(({ eventType, body }) => {
      const host = JSON.parse(body).instanceId?.split("/").at(-1);
      return host === undefined ? eventType : `${eventType} ${host}`;
    });

describe("messages", () => {
  it("are made of the events that the group's triggers name, for each trigger, in the events' order", async () => {
    await setTriggers(runner.store, [
      { name: "all", events: EVERYTHING },
      { name: "ends", events: ["DeploymentSuccess", "DeploymentFailure"] },
    ]);
    await deploy("d-GOOD");
    const { delivered } = start();
    await settled();
    const all = typesFor(
      "d-GOOD",
      delivered.filter(({ triggerName }) => triggerName === "all"),
    );
    expect(all[0]).toBe("DeploymentStart");
    expect(all.at(-1)).toBe("DeploymentSuccess");
    expect(all.slice(1, -1).sort()).toEqual([
      "InstanceStart a",
      "InstanceStart b",
      "InstanceSuccess a",
      "InstanceSuccess b",
    ]);
    const ends = delivered.filter(({ triggerName }) => triggerName === "ends");
    expect(ends.map(({ eventType }) => eventType)).toEqual(["DeploymentSuccess"]);
  });

  it("are made of one deployment although another's targets cannot be read", async () => {
    await setTriggers(runner.store, [{ name: "all", events: EVERYTHING }]);
    await deploy("d-BROKEN");
    await deploy("d-GOOD");
    await runner.store.db
      .updateTable("targets")
      .set({ state_json: "{}" as unknown as Json<never> })
      .where("deployment_id", "=", "d-BROKEN")
      .execute();
    const { delivered, errors } = start();
    await settled();
    expect(typesFor("d-GOOD", delivered).at(-1)).toBe("DeploymentSuccess");
    expect(typesFor("d-BROKEN", delivered)).toEqual([]);
    expect(String(errors)).toContain("targets.state_json of d-BROKEN");
  });

  it("tell of a failure and its rollback, linked both ways", async () => {
    await setTriggers(runner.store, [{ name: "all", events: EVERYTHING }]);
    await deploy("d-GOOD");
    failing.add("d-BAD");
    await deploy("d-BAD");
    await ended("d-ROLLBACK1");
    const { delivered } = start();
    await settled();
    const failure = delivered.find(({ eventType }) => eventType === "DeploymentFailure");
    expect(failure?.subject).toBe("FAILED: AWS CodeDeploy d-BAD in us-east-1 to MyWebApp (rolled back by d-ROLLBACK1)");
    expect(JSON.parse(failure?.body ?? "")).toMatchObject({
      status: "Failed",
      deploymentOverview: { Failed: "2", Succeeded: "0" },
      errorInformation: { ErrorCode: "HEALTH_CONSTRAINTS" },
      rollbackInformation: { RollbackDeploymentId: "d-ROLLBACK1" },
    });
    expect(typesFor("d-BAD", delivered)).toContain("InstanceFailure a");
    expect(typesFor("d-BAD", delivered)).not.toContain("DeploymentRollback");
    expect(typesFor("d-ROLLBACK1", delivered).slice(0, 2)).toEqual(["DeploymentRollback", "DeploymentStart"]);
    const success = delivered.find(
      ({ eventType, body }) => eventType === "DeploymentSuccess" && JSON.parse(body).deploymentId === "d-ROLLBACK1",
    );
    expect(success?.subject).toContain("(rollback of d-BAD)");
  });

  it("of a start tell nothing that came later, though they are made later", async () => {
    await setTriggers(runner.store, [{ name: "all", events: ["DeploymentStart", "InstanceStart"] }]);
    failing.add("d-BAD");
    await deploy("d-BAD");
    const { delivered } = start();
    await settled();
    const [deployment, instance] = delivered.map(({ body }) => JSON.parse(body));
    expect(deployment).toMatchObject({ status: "Created", completeTime: null });
    expect(deployment).not.toHaveProperty("errorInformation");
    expect(deployment).not.toHaveProperty("deploymentOverview");
    expect(instance.instanceStatus).toBe("InProgress");
    expect(instance.lifecycleEvents.at(-1)).toEqual({
      LifecycleEvent: "ValidateService",
      LifecycleEventStatus: "Pending",
    });
  });

  it("are not made of what happened while the group had no trigger", async () => {
    await deploy("d-QUIET");
    const { delivered, feed } = start();
    await settled();
    await setTriggers(runner.store, [{ name: "all", events: EVERYTHING }]);
    await deploy("d-LOUD");
    feed.publish({ deploymentId: "d-LOUD", offered: [], hasEvents: true, isDue: false });
    await settled();
    expect(typesFor("d-QUIET", delivered)).toEqual([]);
    expect(typesFor("d-LOUD", delivered)).toHaveLength(6);
  });

  it("are made once, whichever of two servers makes them", async () => {
    await setTriggers(runner.store, [{ name: "all", events: EVERYTHING }]);
    await deploy("d-GOOD");
    const { delivered } = start();
    const other = notificationFixture(runner.store, new LeapingTimers(), {
      delivered: delivered as Notification[],
      owner: "test",
    });
    other.notifications.start();
    await settled();
    await other.notifications.close();
    const ids = delivered.map(({ notificationId }) => notificationId);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
  });
});

describe("a message that is not taken", () => {
  it("is tried again, and the next of its trigger and deployment waits for it", async () => {
    await setTriggers(runner.store, [
      { name: "first", events: EVERYTHING },
      { name: "second", events: EVERYTHING },
    ]);
    await deploy("d-GOOD");
    let refusals = 0;
    const tried: string[] = [];
    const { delivered } = start(({ triggerName, eventType }) => {
      if (triggerName === "first") tried.push(eventType);
      const isBusy = triggerName === "first" && eventType === "DeploymentStart" && refusals++ < 4;
      return isBusy ? { outcome: "retry", reason: "busy" } : { outcome: "delivered" };
    });
    await settled();
    expect(tried.slice(0, 5)).toEqual(Array(5).fill("DeploymentStart"));
    expect(tried).toHaveLength(10);
    expect(
      typesFor(
        "d-GOOD",
        delivered.filter(({ triggerName }) => triggerName === "first"),
      )[0],
    ).toBe("DeploymentStart");
    const rows = await allDeliveries(runner.store);
    const start1 = rows.find((row) => row.trigger_name === "first" && row.event_type === "DeploymentStart");
    expect(start1).toMatchObject({ status: "delivered", attempts: 5, reason: null });
  });

  it("is given up in the end, so that those after it get their turn, and is delivered when it is replayed", async () => {
    await setTriggers(runner.store, [{ name: "all", events: ["DeploymentStart", "DeploymentSuccess"] }]);
    await deploy("d-GOOD");
    let isBusy = true;
    let attempts = 0;
    const { delivered, notifications } = start(({ eventType }) => {
      if (eventType === "DeploymentStart") attempts += 1;
      return isBusy && eventType === "DeploymentStart"
        ? { outcome: "retry", reason: "busy" }
        : { outcome: "delivered" };
    });
    await settled();
    expect(attempts).toBe(12);
    expect(typesFor("d-GOOD", delivered)).toEqual(["DeploymentSuccess"]);
    const [failed] = (await allDeliveries(runner.store)).filter(({ status }) => status === "failed");
    expect(failed).toMatchObject({ event_type: "DeploymentStart", attempts: 12, reason: "busy", lease_owner: null });

    isBusy = false;
    expect(await runner.store.write((transaction) => replayDeliveries(transaction, "failed", 0))).toBe(1);
    notifications.wake();
    await settled();
    expect(typesFor("d-GOOD", delivered)).toEqual(["DeploymentSuccess", "DeploymentStart"]);
  });

  it("is given up at once when it was refused", async () => {
    await setTriggers(runner.store, [{ name: "all", events: ["DeploymentStart"] }]);
    await deploy("d-GOOD");
    let attempts = 0;
    start(() => {
      attempts += 1;
      return { outcome: "refused", reason: "no such topic" };
    });
    await settled();
    expect(attempts).toBe(1);
    expect(await allDeliveries(runner.store)).toEqual([
      expect.objectContaining({ status: "failed", reason: "no such topic", attempts: 1 }),
    ]);
  });

  it("survives a driver that throws", async () => {
    await setTriggers(runner.store, [{ name: "all", events: ["DeploymentStart"] }]);
    await deploy("d-GOOD");
    let attempts = 0;
    const { delivered, errors } = start(() => {
      attempts += 1;
      if (attempts === 1) throw new Error("a bug");
      return { outcome: "delivered" };
    });
    await settled();
    expect(delivered).toHaveLength(1);
    expect(errors).toEqual([new Error("a bug")]);
  });
});

it("gives a message up after an hour of its own work, and not because it was away for one", () => {
  const hour = 3_600_000;
  const heard = [{ from: 9 * hour, until: 10 * hour }];
  expect(isSpent({ attempts: 1, pending_since: 0 }, heard, 10 * hour)).toBe(false);
  expect(isSpent({ attempts: 1, pending_since: 9 * hour }, heard, 10 * hour)).toBe(true);
  expect(isSpent({ attempts: 12, pending_since: 0 }, [], 10 * hour)).toBe(true);
});

it("waits twice as long after each attempt, up to ten minutes, less up to half by chance", () => {
  expect([1, 2, 3, 4, 10, 11, 12].map((attempts) => retryDelayMilliseconds(attempts, 0))).toEqual([
    1_000, 2_000, 4_000, 8_000, 512_000, 600_000, 600_000,
  ]);
  expect(retryDelayMilliseconds(1, 0.999)).toBeGreaterThanOrEqual(500);
  expect(retryDelayMilliseconds(1, 0.5)).toBe(750);
});
