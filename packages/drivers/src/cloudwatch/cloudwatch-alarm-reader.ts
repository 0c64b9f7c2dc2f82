import type { DescribeAlarmsCommandOutput } from "@aws-sdk/client-cloudwatch";
import type { AlarmReader, AlarmReading, AlarmState } from "@sluice/engine/ports/alarm-reader.ts";
import { awsCaller } from "../aws/aws-caller.ts";
import { AWS_CLIENT_SETTINGS, type AwsClientSettings } from "../aws/aws-client-settings.ts";
import type { Driver } from "../driver.ts";

/** DescribeAlarms takes no more names, and answers with no more alarms a page. */
const NAMES_PER_CALL = 100;

/** Metric and composite alarms of CloudWatch by name; they belong to the account and region of the settings. */
export const cloudWatchAlarmReader: Driver<"alarm-reader", AwsClientSettings, object, AlarmReader> = {
  port: "alarm-reader",
  name: "cloudwatch",
  configSchema: AWS_CLIENT_SETTINGS,
  create: (settings) => {
    const call = awsCaller(settings, "monitoring", async (config) =>
      (await import("./cloudwatch-client.ts")).openCloudWatch(config),
    );
    const readSome = async (names: string[], found: Map<string, AlarmReading>, signal: AbortSignal) => {
      let token: string | undefined;
      do {
        const page: DescribeAlarmsCommandOutput = await call("DescribeAlarms", signal, (client, options) =>
          client.describeAlarms(
            {
              AlarmNames: names,
              // Without the types the answer holds metric alarms alone, and a composite alarm would look unknown.
              AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
              MaxRecords: NAMES_PER_CALL,
              ...(token === undefined ? {} : { NextToken: token }),
            },
            options,
          ),
        );
        for (const alarm of alarmsOf(page)) found.set(alarm.name, alarm);
        token = page.NextToken;
      } while (token);
    };
    return {
      read: async (names, signal) => {
        signal.throwIfAborted();
        const found = new Map<string, AlarmReading>();
        const asked = [...new Set(names)];
        for (let start = 0; start < asked.length; start += NAMES_PER_CALL) {
          await readSome(asked.slice(start, start + NAMES_PER_CALL), found, signal);
        }
        return names.map((name) => found.get(name) ?? unknownAlarm(name, settings.region));
      },
    };
  },
};

function alarmsOf(page: DescribeAlarmsCommandOutput): AlarmReading[] {
  const alarms = [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])];
  return alarms.map((alarm) => ({
    name: alarm.AlarmName ?? "",
    state: stateOf(alarm.StateValue),
    // The newer member alone stands still while only the reason changes.
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? null,
    detail: alarm.StateReason || `the state is ${alarm.StateValue ?? "not given"}`,
  }));
}

/** A value that is new to us is no reason to believe that all is well. */
function stateOf(value: string | undefined): AlarmState {
  switch (value) {
    case "OK":
      return "ok";
    case "ALARM":
      return "alarm";
    default:
      return "insufficient-data";
  }
}

function unknownAlarm(name: string, region: string): AlarmReading {
  return {
    name,
    state: "unknown",
    since: null,
    detail: `CloudWatch has no metric or composite alarm of this name in ${region}, in the account of the binding's access key`,
  };
}
