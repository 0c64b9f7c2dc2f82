import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { expect, it } from "vitest";
import { readAlarms } from "./read-alarms.ts";

const FIRES = { name: "errors", state: "alarm", since: null, detail: "" } as const;
const AWAY = new Error("the monitoring system of latency is away");

const NEVER = new AbortController().signal;

/** Knows `errors`; whatever is asked together with `latency` fails. */
const reader: AlarmReader = {
  read: async (names) => {
    if (names.includes("latency")) throw AWAY;
    return names.map((name) => ({ ...FIRES, name }));
  },
};

it("reads an alarm although the system of another is away, and says so of that one", async () => {
  const told: unknown[] = [];
  const readings = await readAlarms(reader, ["errors", "latency"], NEVER, (error) => told.push(error));
  expect([...readings]).toEqual([
    ["errors", FIRES],
    ["latency", AWAY],
  ]);
  expect(told).toEqual([AWAY]);
});

it("asks once where there is one alarm", async () => {
  let calls = 0;
  const counting: AlarmReader = {
    read: (names, signal) => {
      calls++;
      return reader.read(names, signal);
    },
  };
  expect([...(await readAlarms(counting, ["latency"], NEVER, () => {}))]).toEqual([["latency", AWAY]]);
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
  const told: unknown[] = [];
  const reading = readAlarms(hanging, ["errors", "latency"], asker.signal, (error) => told.push(error));
  asker.abort(new Error("the server ends"));
  await expect(reading).rejects.toThrow("the server ends");
  expect(told).toEqual([]);
});
