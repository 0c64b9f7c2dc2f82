import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { expect, it } from "vitest";
import { readAlarms } from "./read-alarms.ts";

const FIRES = { name: "errors", state: "alarm", since: null, detail: "" } as const;
const AWAY = new Error("the monitoring system is away");

const NEVER = new AbortController().signal;

it("reads an alarm although the system of another is away, and says so of that one", async () => {
  const reader: AlarmReader = {
    read: async () => [FIRES, { name: "latency", state: "unreadable", since: null, detail: "ECONNREFUSED" }],
  };
  const readings = await readAlarms(reader, ["errors", "latency"], NEVER);
  expect([...readings]).toEqual([
    ["errors", FIRES],
    ["latency", new Error("ECONNREFUSED")],
  ]);
});

it("asks once, whatever is the matter", async () => {
  let calls = 0;
  const away: AlarmReader = {
    read: async () => {
      calls++;
      throw AWAY;
    },
  };
  expect([...(await readAlarms(away, ["errors", "latency"], NEVER))]).toEqual([
    ["errors", AWAY],
    ["latency", AWAY],
  ]);
  expect(calls).toBe(1);
});

it("ends with whoever asked, however long the monitoring system takes", async () => {
  const asker = new AbortController();
  const hanging: AlarmReader = {
    read: (_, signal) =>
      new Promise((__, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const reading = readAlarms(hanging, ["errors", "latency"], asker.signal);
  asker.abort(new Error("the server ends"));
  await expect(reading).rejects.toThrow("the server ends");
});
