import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { insertDeployment } from "../runner/runner.fixture.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { AlarmWatch } from "./alarm-watch.ts";

const ALARMS = { names: ["errors"], ignoresPollFailure: false };

let store: Store;
let errors: unknown[];
let watch: AlarmWatch;
let alarms: Map<string, Omit<AlarmReading, "name">>;
let changes: number;

beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  errors = [];
  alarms = new Map([["errors", { state: "ok", since: null, detail: "" }]]);
  changes = 0;
  watch = new AlarmWatch({
    store,
    timers: systemTimers,
    feed: new ChangeFeed(),
    alarmReader: memoryAlarmReader.create({}, { alarms }),
    onChanged: () => {
      changes += 1;
    },
    onError: (error) => errors.push(error),
  });
  for (const [id, deploymentGroupId] of [
    ["d-1", "group-1"],
    ["d-2", "group-2"],
  ] as const) {
    await insertDeployment(store, id, {
      deploymentGroupId,
      healthRule: { type: "HOST_COUNT", value: 0 },
      request: {},
      revisionKey: "one.zip",
      strategy: { type: "in-place", hasTrafficControl: false, zones: null },
      alarms: ALARMS,
      at: 0,
    });
  }
});
afterEach(async () => {
  await watch.close();
  await store.close();
});

it("reads the alarms of one deployment although another one cannot be read", async () => {
  await store.db
    .updateTable("deployments")
    .set({ state_json: "{" as unknown as Json<never> })
    .where("deployment_id", "=", "d-1")
    .execute();
  watch.start();
  await vi.waitFor(() => expect(watch.observe("d-2")).toEqual({ outcome: "read", firing: [] }));
  expect(watch.observe("d-1")).toBeUndefined();
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("state_json of d-1") })]);
});

it("tells when an alarm says something else, and not when it says the same again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  watch.start();
  const readingsAgain = () => vi.advanceTimersByTimeAsync(10_000);
  await readingsAgain();
  expect(changes).toBe(1);
  await readingsAgain();
  expect(changes).toBe(1);
  alarms.set("errors", { state: "alarm", since: null, detail: "" });
  await readingsAgain();
  expect(changes).toBe(2);
  vi.useRealTimers();
});
