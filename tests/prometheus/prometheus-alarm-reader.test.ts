import { prometheusAlarmReader } from "@sluice/drivers/prometheus/prometheus-alarm-reader.ts";
import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import { type PrometheusServer, startPrometheus, whyNoPrometheus } from "./prometheus-server.fixture.ts";

const whyNot = whyNoPrometheus();
const never = new AbortController().signal;

const PAIR = 'label_replace(vector(1), "a", "1", "", "") or label_replace(vector(1), "a", "2", "", "")';

describe("the alarm reader prometheus, against a real one", () => {
  let server: PrometheusServer;
  let reader: AlarmReader;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    server = await startPrometheus({
      rules: {
        groups: [
          {
            name: "one",
            rules: [
              { alert: "waits", expr: "vector(1)", for: "1d" },
              { alert: "some-instances", expr: PAIR },
              { alert: "twice", expr: "vector(1) > 2" },
              { alert: "broken", expr: `(${PAIR}) * on() (${PAIR}) > 0` },
              { alert: "half-broken", expr: "vector(1) > 2" },
              { record: "a_recording_rule", expr: "vector(1)" },
            ],
          },
          {
            name: "two",
            rules: [
              { alert: "twice", expr: "vector(1)" },
              { alert: "half-broken", expr: `(${PAIR}) * on() (${PAIR}) > 0` },
            ],
          },
        ],
      },
    });
    reader = prometheusAlarmReader.create({ url: `${server.url}/` }, {});
  });

  afterAll(() => server?.stop());

  const becomes = (name: string, state: string) =>
    until(`${name} is ${state}`, async () => {
      const [reading] = await reader.read([name], never);
      return reading?.state === state && reading;
    });

  it("takes a pending alert for ok, and says that it is pending", async () => {
    expect((await becomes("waits", "ok")).detail).toContain("pending in the group one");
  });

  it("counts the instances that fire", async () => {
    expect((await becomes("some-instances", "alarm")).detail).toBe("2 alerts fire by the rules of the group one");
  });

  it("takes a name that stands in two groups for an alarm as soon as one of them fires", async () => {
    expect((await becomes("twice", "alarm")).detail).toBe("1 alert fires by the rules of the group two");
  });

  it("says why a rule cannot be evaluated, even if another of its name can", async () => {
    const error = "many-to-many matching not allowed";
    const broken = await until("the error", async () => {
      const readings = await reader.read(["broken", "half-broken"], never);
      return readings.every(({ detail }) => detail.includes(error)) && readings;
    });
    expect(broken.map(({ state }) => state)).toEqual(["insufficient-data", "insufficient-data"]);
    expect(broken[1]?.detail).toContain("group two");
  });

  it("knows no recording rules", async () => {
    expect((await reader.read(["a_recording_rule"], never))[0]?.state).toBe("unknown");
  });
});
