import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import type { AlarmReader, AlarmState } from "@sluice/engine/ports/alarm-reader.ts";
import { describe, expect, it, vi } from "vitest";
import { boundAlarmReader } from "./bound-alarm-reader.ts";
import { bindDrivers } from "./bound-driver.ts";

const never = new AbortController().signal;

function memory(alarms: Readonly<Record<string, AlarmState>>, onRead = () => {}): AlarmReader {
  const entries = Object.entries(alarms).map(([name, state]) => [name, { state, since: null, detail: "" }] as const);
  return memoryAlarmReader.create({}, { alarms: new Map(entries), onRead });
}

function bound(readers: Readonly<Record<string, AlarmReader>>): AlarmReader {
  const bindings = Object.keys(readers).map((match) => ({
    match,
    port: "alarm-reader",
    driver: "test",
    settings: { match },
  }));
  const create = (settings: object) => readers[(settings as { match: string }).match] as AlarmReader;
  return boundAlarmReader(bindDrivers("alarm-reader", bindings, [{ name: "test", create }]));
}

describe("the bound alarm reader", () => {
  it("asks for each alarm where its binding leads, and answers in the order of the names", async () => {
    const reader = bound({
      "cpu-*": memory({ "cpu-1": "ok", "cpu-2": "alarm" }),
      "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:Errors*": memory({ Errors5xx: "insufficient-data" }),
    });
    const readings = await reader.read(["Errors5xx", "cpu-2", "cpu-1", "cpu-9", "cpu-2"], never);
    expect(readings.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "Errors5xx insufficient-data",
      "cpu-2 alarm",
      "cpu-1 ok",
      "cpu-9 unknown",
      "cpu-2 alarm",
    ]);
  });

  it("takes an alarm without a binding for unknown, and says how to add one", async () => {
    expect(await bound({ "cpu-*": memory({}) }).read(["disk"], never)).toEqual([
      {
        name: "disk",
        state: "unknown",
        since: null,
        detail: expect.stringMatching(/"disk".*sluice\.yml.*match: "disk", port: alarm-reader, driver: prometheus/),
      },
    ]);
  });

  it("reads the others' alarms when one system cannot be read, asks that one once, and says why its own are unreadable", async () => {
    let asked = 0;
    const away = memory({}, () => {
      asked++;
      throw new Error("ECONNREFUSED");
    });
    const reader = bound({ a: memory({ a: "alarm" }), "b*": away });
    const detail = 'the driver test (alarm-reader of "b*" in sluice.yml): ECONNREFUSED';
    expect(await reader.read(["a", "b1", "b2"], never)).toMatchObject([
      { name: "a", state: "alarm" },
      { name: "b1", state: "unreadable", detail },
      { name: "b2", state: "unreadable", detail },
    ]);
    expect(asked).toBe(1);
    await expect(reader.read(["a"], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it("waits for a system that hangs no longer than its own time, and still has the others' alarms", async () => {
    const timeout = new AbortController();
    const waits = vi.spyOn(AbortSignal, "timeout").mockReturnValue(timeout.signal);
    const hanging: AlarmReader = {
      read: (_, signal) =>
        new Promise((__, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    };
    const reading = bound({ a: memory({ a: "alarm" }), b: hanging }).read(["a", "b"], never);
    timeout.abort(new DOMException("The operation timed out", "TimeoutError"));
    expect(await reading).toMatchObject([
      { name: "a", state: "alarm" },
      {
        name: "b",
        state: "unreadable",
        detail: expect.stringMatching(/"b" in sluice\.yml\): did not answer within 10 s$/),
      },
    ]);
    waits.mockRestore();
  });
});
