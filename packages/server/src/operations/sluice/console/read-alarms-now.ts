import { CallerFault } from "@sluice/model/caller-fault.ts";
import { checkAlarms } from "@sluice/model/input-checks/watch-checks.ts";
import type { ReadAlarmsInput, ReadAlarmsOutput } from "@sluice/wire/sluice/console-api.ts";
import { type AlarmReadings, readAlarms } from "../../../alarms/read-alarms.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { alarmView } from "./alarm-view.ts";

/** Monitoring systems are asked once. */
const MAX_READ_MILLISECONDS = 10_000;

/** Whether the alarms of a configuration are as they should be, also where it is not enabled. In the order of their names there. */
export const readAlarmsNow: Operation<ReadAlarmsInput, ReadAlarmsOutput, SluiceContext> = async (
  { alarmConfiguration },
  { preflight: { alarmReader }, signal, limits },
) => {
  if (!alarmConfiguration) {
    throw new CallerFault(
      "ValidationException",
      "alarmConfiguration is missing: give the one of a deployment group, or { alarms: [{ name }] }.",
    );
  }
  checkAlarms(alarmConfiguration, limits);
  const names = (alarmConfiguration.alarms ?? []).flatMap(({ name }) => name ?? []);
  if (names.length === 0) return { alarms: [] };
  const readings = await readInTime(names);
  return { alarms: names.map((name) => alarmView(name, readings.get(name))) };

  async function readInTime(all: readonly string[]): Promise<AlarmReadings> {
    const limit = AbortSignal.timeout(MAX_READ_MILLISECONDS);
    try {
      return await readAlarms(alarmReader, all, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.aborted) throw error;
      const reason = new Error(`The monitoring system did not answer within ${MAX_READ_MILLISECONDS / 1_000} s`);
      return new Map(all.map((name) => [name, reason]));
    }
  }
};
