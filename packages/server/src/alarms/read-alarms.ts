import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";

/** By name; an error is why the alarm cannot be read. */
export type AlarmReadings = ReadonlyMap<string, AlarmReading | Error>;

/**
 * Every alarm, or why it cannot be read: a monitoring system that is away hides no alarm of another, and stops no deployment that watches
 * none of its own.
 *
 * @param signal ends the reading with whoever asked for it; throws then
 */
export async function readAlarms(
  alarmReader: AlarmReader,
  names: readonly string[],
  signal: AbortSignal,
): Promise<AlarmReadings> {
  try {
    const readings = await alarmReader.read(names, signal);
    return new Map(
      readings.map((reading) => [reading.name, reading.state === "unreadable" ? new Error(reading.detail) : reading]),
    );
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error : new Error(String(error));
    return new Map(names.map((name) => [name, reason]));
  }
}
