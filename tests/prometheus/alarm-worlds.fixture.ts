import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import { cloudWatchAlarmReader } from "@sluice/drivers/cloudwatch/cloudwatch-alarm-reader.ts";
import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { prometheusAlarmReader } from "@sluice/drivers/prometheus/prometheus-alarm-reader.ts";
import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import { type MotoServer, startMoto, whyNoMoto } from "../aws/moto-server.fixture.ts";
import { startGaugeTarget } from "./gauge-target.fixture.ts";
import { startPrometheus, whyNoPrometheus } from "./prometheus-server.fixture.ts";

/** A monitoring system with the alarms `calm` (ok), `switched` (as `set`), `unsure` (insufficient-data), and no others. */
export interface AlarmWorld {
  readonly reader: AlarmReader;
  /** Reads from a system that nobody can reach. */
  readonly lost: AlarmReader;
  /** What shall become true; systems take their time. */
  set(state: "ok" | "alarm"): Promise<void>;
  stop(): Promise<void>;
}

export interface AlarmWorldKind {
  readonly name: string;
  readonly whyNot: string | null;
  start(): Promise<AlarmWorld>;
}

/** A port below those that programs are given, and of a service that nobody runs. */
const NOBODY = "http://127.0.0.1:2";

export const ALARM_WORLDS: readonly AlarmWorldKind[] = [
  { name: "memory", whyNot: null, start: memoryWorld },
  { name: "prometheus", whyNot: whyNoPrometheus(), start: prometheusWorld },
  { name: "cloudwatch", whyNot: whyNoMoto(), start: cloudWatchWorld },
];

async function memoryWorld(): Promise<AlarmWorld> {
  const alarms = new Map<string, Omit<AlarmReading, "name">>([
    ["calm", { state: "ok", since: null, detail: "calm" }],
    ["switched", { state: "ok", since: null, detail: "calm" }],
    ["unsure", { state: "insufficient-data", since: null, detail: "nothing is known" }],
  ]);
  const onRead = () => {
    throw new Error("nobody is there");
  };
  return {
    reader: memoryAlarmReader.create({}, { alarms }),
    lost: memoryAlarmReader.create({}, { alarms, onRead }),
    async set(state) {
      alarms.set("switched", { state, since: Date.now(), detail: "as it was set" });
    },
    async stop() {},
  };
}

async function prometheusWorld(): Promise<AlarmWorld> {
  const target = await startGaugeTarget({ demand: 0 });
  const server = await startPrometheus({
    targets: [target.address],
    rules: {
      groups: [
        {
          name: "contract",
          rules: [
            { alert: "calm", expr: "demand > 100" },
            { alert: "switched", expr: "demand > 10" },
          ],
        },
        // Evaluated for the first time at some moment of its interval: not while a test runs.
        { name: "far-away", interval: "10y", rules: [{ alert: "unsure", expr: "vector(1)" }] },
      ],
    },
  });
  return {
    reader: prometheusAlarmReader.create({ url: server.url }, {}),
    lost: prometheusAlarmReader.create({ url: NOBODY }, {}),
    set: async (state) => target.set("demand", state === "alarm" ? 50 : 0),
    async stop() {
      await server.stop();
      await target.stop();
    },
  };
}

async function cloudWatchWorld(): Promise<AlarmWorld> {
  const moto = await startMoto();
  const client = new CloudWatchClient(awsClientConfig(moto.settings, "monitoring"));
  const metric = {
    Namespace: "Shop",
    MetricName: "Errors",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
  } as const;
  const setState = (AlarmName: string, StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA") =>
    client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `set to ${StateValue} by the test` }));
  await client.send(new PutMetricAlarmCommand({ AlarmName: "calm", ...metric }));
  await setState("calm", "OK");
  // A composite alarm, which DescribeAlarms lists apart.
  await putCompositeAlarm(moto, { AlarmName: "switched", AlarmRule: 'ALARM("calm")', ...metric });
  await setState("switched", "OK");
  await client.send(new PutMetricAlarmCommand({ AlarmName: "unsure", ...metric }));
  await setState("unsure", "INSUFFICIENT_DATA");
  return {
    reader: cloudWatchAlarmReader.create(moto.settings, {}),
    lost: cloudWatchAlarmReader.create({ ...moto.settings, endpoint: NOBODY }, {}),
    async set(state) {
      await setState("switched", state === "alarm" ? "ALARM" : "OK");
    },
    async stop() {
      client.destroy();
      await moto.stop();
    },
  };
}

/** Moto has no PutCompositeAlarm; its PutMetricAlarm makes a composite alarm of one with an AlarmRule, which the SDK would not send. */
async function putCompositeAlarm(moto: MotoServer, alarm: object): Promise<void> {
  const { accessKeyId, region } = moto.settings;
  const response = await fetch(moto.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "GraniteServiceVersion20100801.PutMetricAlarm",
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/monitoring/aws4_request`,
    },
    body: JSON.stringify(alarm),
  });
  if (!response.ok) throw new Error(`moto answered ${response.status}: ${await response.text()}`);
}
