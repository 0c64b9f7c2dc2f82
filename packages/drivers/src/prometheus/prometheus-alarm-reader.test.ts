import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, type AnsweringServer, startAnsweringServer } from "../aws/answering-server.fixture.ts";
import { SettingsError } from "../settings-schema.ts";
import { PROMETHEUS_SETTINGS, type PrometheusSettings, prometheusAlarmReader } from "./prometheus-alarm-reader.ts";

const never = new AbortController().signal;
const TOKEN = "the-bearer-token";

let prometheus: AnsweringServer;

beforeEach(async () => {
  prometheus = await startAnsweringServer();
});
afterEach(() => prometheus.close());

function reader(more: Partial<PrometheusSettings> = {}): AlarmReader {
  return prometheusAlarmReader.create({ url: prometheus.url, ...more }, {});
}

function rule(name: string, state: string, more: object = {}): object {
  return { type: "alerting", name, state, health: "ok", duration: 60, alerts: [], ...more };
}

function rules(...all: object[]): Answer {
  const data = { groups: [{ name: "shop", rules: all }] };
  return { status: 200, body: JSON.stringify({ status: "success", data }) };
}

const stateOf = async (...all: object[]) => {
  prometheus.answer = () => rules(...all);
  return (await reader().read(["errors"], never))[0];
};

describe("a reading", () => {
  it("counts the time that the condition held before the alert fired", async () => {
    const alerts = [
      { state: "pending", activeAt: "2026-11-23T10:00:00Z" },
      { state: "firing", activeAt: "2026-11-23T12:00:30.5Z" },
      { state: "firing", activeAt: "2026-11-23T12:00:00Z" },
    ];
    expect(await stateOf(rule("errors", "firing", { alerts }))).toEqual({
      name: "errors",
      state: "alarm",
      since: Date.parse("2026-11-23T12:01:00Z"),
      detail: "2 alerts fire by the rules of the group shop",
    });
  });

  it("stays an alarm when the rule that fires can no longer be evaluated", async () => {
    expect(await stateOf(rule("errors", "firing", { health: "err", lastError: "gone" }))).toMatchObject({
      state: "alarm",
    });
  });

  it("is never ok for a state or a health that is new to us", async () => {
    expect(await stateOf(rule("errors", "unknown"))).toMatchObject({ state: "insufficient-data" });
    expect(await stateOf(rule("errors", "inactive", { health: "stale" }))).toMatchObject({
      state: "insufficient-data",
    });
    expect(await stateOf(rule("errors", "inactive", { health: undefined }))).toMatchObject({
      state: "insufficient-data",
    });
  });
});

describe("a request", () => {
  it("asks for the named rules under the binding's prefix, and for all when the names would not fit", async () => {
    prometheus.answer = () => rules(rule("high errors & more", "inactive"));
    const [reading] = await reader({ url: `${prometheus.url}/prometheus/` }).read(["high errors & more"], never);
    expect(reading?.state).toBe("ok");
    await reader().read(
      Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(255, "x")),
      never,
    );
    expect(prometheus.questions.map(({ path }) => path)).toEqual([
      "/prometheus/api/v1/rules?type=alert&rule_name%5B%5D=high+errors+%26+more",
      "/api/v1/rules?type=alert",
    ]);
  });

  it("carries the token, or user and password, and neither when none is set", async () => {
    prometheus.answer = () => rules();
    await reader({ bearerToken: TOKEN }).read(["a"], never);
    await reader({ username: "sluice", password: "päss:word" }).read(["a"], never);
    await reader().read(["a"], never);
    expect(prometheus.questions.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKEN}`,
      `Basic ${Buffer.from("sluice:päss:word").toString("base64")}`,
      undefined,
    ]);
  });
});

describe("a Prometheus that gives no answer to use", () => {
  const answers: readonly [string, Answer, RegExp][] = [
    [
      "wants credentials",
      { status: 401, body: "Unauthorized" },
      /answered 401: set bearerToken, or username and password/,
    ],
    ["is not at that path", { status: 404, body: "" }, /answered 404: .*route prefix/],
    ["is not ready", { status: 503, body: "Service Unavailable" }, /answered 503: Service Unavailable/],
    ["is a web page", { status: 200, body: "<html></html>" }, /not JSON/],
    ["says that it failed", { status: 200, body: '{"status":"error","error":"boom"}' }, /no rules \(.*boom/],
    ["gives no groups", { status: 200, body: '{"status":"success","data":{}}' }, /data.groups is not a list/],
  ];

  it.each(answers)("rejects when it %s, with its address and without the token", async (_, answer, expected) => {
    prometheus.answer = () => answer;
    const error = await reader({ bearerToken: TOKEN })
      .read(["a"], never)
      .catch((thrown: Error) => thrown);
    expect(String(error)).toMatch(expected);
    expect(String(error)).toContain(prometheus.url);
    expect(String(error)).not.toContain(TOKEN);
  });

  it("follows no redirect, to where the token was not given", async () => {
    prometheus.answer = ({ path }) =>
      path.startsWith("/api")
        ? { status: 302, body: "", headers: { location: `${prometheus.url}/elsewhere` } }
        : rules();
    await expect(reader({ bearerToken: TOKEN }).read(["a"], never)).rejects.toThrow("give the final address");
    expect(prometheus.questions).toHaveLength(1);
  });

  it("rejects when it does not answer in time, and when it is not there", async () => {
    prometheus.answer = () => "hang";
    await expect(reader({ timeoutSeconds: 0.05 }).read(["a"], never)).rejects.toThrow("no answer within 50 ms");
    await prometheus.close();
    await expect(reader().read(["a"], never)).rejects.toThrow(/ECONNREFUSED; check the binding's url/);
    prometheus = await startAnsweringServer();
  });

  it("ends at once when it is told to stop", async () => {
    prometheus.answer = () => "hang";
    const stop = new AbortController();
    const read = reader().read(["a"], stop.signal);
    read.catch(() => undefined);
    while (prometheus.questions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("the deployment was stopped"));
    await expect(read).rejects.toThrow("the deployment was stopped");
  });
});

describe("settings", () => {
  const check = (value: Readonly<Record<string, unknown>>) => () => v.parse(PROMETHEUS_SETTINGS, value);
  const url = "http://127.0.0.1:9090";

  it("are refused with what to give, and without what is secret", () => {
    expect(check({ url, timeoutSeconds: 5, bearerToken: TOKEN })).not.toThrow();
    expect(check({})).toThrow(/is missing: the address of Prometheus/);
    expect(check({ url: "prometheus:9090" })).toThrow(/is not of the form/);
    expect(check({ url: "http://user:hunter2@host" })).toThrow(/^(?!.*hunter2).*has a user in it/);
    expect(check({ url, timeoutSeconds: 0 })).toThrow(/a number from 1 to 60/);
    expect(check({ url, timeoutSeconds: "5" })).toThrow(/give a number/);
  });

  it("name one way to prove who asks", () => {
    expect(() => reader({ bearerToken: TOKEN, username: "u", password: "p" })).toThrow(SettingsError);
    expect(() => reader({ username: "u" })).toThrow(SettingsError);
    expect(() => reader({ password: "p" })).toThrow(SettingsError);
  });
});
