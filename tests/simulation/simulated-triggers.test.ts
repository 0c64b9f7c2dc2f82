import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import type { Notification } from "@sluice/engine/ports/notifier.ts";
import {
  allDeliveries,
  LeapingTimers,
  notificationFixture,
  setTriggers,
} from "@sluice/server/notifications/notifications.fixture.ts";
import { playHost, type RunnerFixture, runnerFixture } from "@sluice/server/runner/runner.fixture.ts";
import { readDeliveryCursor } from "@sluice/server/store/deliveries.ts";
import { newestEventId } from "@sluice/server/store/events.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Death, MortalStore } from "./mortal-store.ts";

const EVENTS: readonly TriggerEventType[] = [
  "DeploymentStart",
  "DeploymentSuccess",
  "InstanceStart",
  "InstanceSuccess",
];
/** Two triggers that each tell of a deployment to two hosts. */
const MESSAGES = 12;

let runner: RunnerFixture;
const stop = new AbortController();

beforeAll(async () => {
  runner = await runnerFixture(["a", "b"]);
  for (const host of ["a", "b"]) void playHost(runner, host, stop.signal);
  await setTriggers(runner.store, [
    { name: "first", events: EVENTS },
    { name: "second", events: EVENTS },
  ]);
  await runner.createDeployment("d-GOOD", { type: "FLEET_PERCENT", value: 0 });
  await vi.waitFor(async () => expect(await runner.statusOf("d-GOOD")).toBe("Succeeded"), {
    interval: 5,
    timeout: 20_000,
  });
});
afterAll(async () => {
  stop.abort();
  await runner.close();
});

async function forgetNotifications(store: Store): Promise<void> {
  await store.write(async ({ db }) => {
    await db.deleteFrom("deliveries").execute();
    await db.deleteFrom("settings").where("name", "=", "notifications.cursor").execute();
  });
}

async function isSettled(store: Store): Promise<boolean> {
  if ((await readDeliveryCursor(store)) !== (await newestEventId(store))) return false;
  return (await allDeliveries(store)).every(({ status }) => status === "delivered");
}

/** One life that ends at its nth write, and one after it. @returns what was delivered, and whether the first life ended */
async function twoLives(deathAt: number, death: Death): Promise<{ delivered: Notification[]; died: boolean }> {
  await forgetNotifications(runner.store);
  const delivered: Notification[] = [];
  let writes = 0;
  const mortal = new MortalStore(
    runner.store,
    () => (writes++ === deathAt ? death : null),
    () => {},
  );
  const first = notificationFixture(mortal, new LeapingTimers(), { delivered, owner: "first life" });
  first.notifications.start();
  await vi.waitFor(async () => expect(mortal.isDead || (await isSettled(runner.store))).toBe(true), {
    interval: 1,
    timeout: 20_000,
  });
  if (!mortal.isDead) {
    await first.notifications.close();
    return { delivered, died: false };
  }
  // Nothing of the first life is closed: it is gone, and whatever it waits for never comes.
  const second = notificationFixture(runner.store, new LeapingTimers(), { delivered, owner: "second life" });
  second.notifications.start();
  await vi.waitFor(async () => expect(await isSettled(runner.store)).toBe(true), { interval: 1, timeout: 20_000 });
  await second.notifications.close();
  expect([...first.errors, ...second.errors]).toEqual([]);
  return { delivered, died: true };
}

/** Repetitions left out: a receiver tells them by their ids. */
function firstArrivals(delivered: readonly Notification[], triggerName: string): string[] {
  const ofTrigger = delivered.filter((notification) => notification.triggerName === triggerName);
  return [...new Map(ofTrigger.map((one) => [one.notificationId, one.eventType])).values()];
}

describe.each<Death>(["beforeCommit", "afterCommit"])("a server that dies at a write, %s", (death) => {
  it("has every message delivered in order by the next one, whichever write it was", async () => {
    let deaths = 0;
    let repetitions = 0;
    for (let deathAt = 0; ; deathAt += 1) {
      const { delivered, died } = await twoLives(deathAt, death);
      for (const name of ["first", "second"]) {
        const types = firstArrivals(delivered, name);
        expect(types, `death at write ${deathAt}`).toHaveLength(MESSAGES / 2);
        expect([types[0], types.at(-1)]).toEqual(["DeploymentStart", "DeploymentSuccess"]);
      }
      const repeated = delivered.length - MESSAGES;
      // Only what was under way at the death may come twice: one message of each trigger.
      expect(repeated).toBeLessThanOrEqual(2);
      repetitions += repeated;
      if (!died) break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(MESSAGES);
    // Delivered and not written down: that these deaths occurred shows that the test reaches them.
    if (death === "beforeCommit") expect(repetitions).toBeGreaterThan(0);
  });
});
