import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";

/** How long the monitoring system may take to answer one reading. */
const ALARM_READ_TIMEOUT_MILLISECONDS = 10_000;

/** By name; an error is why the alarm cannot be read. */
export type AlarmReadings = ReadonlyMap<string, AlarmReading | Error>;

/**
 * One monitoring system that is away fails what is asked of all at once; then each alarm is asked for alone, so that it hides no alarm
 * of another, and stops no deployment that watches none of its own.
 *
 * @param signal ends the reading with whoever asked for it; throws then
 * @param onError told why the first reading failed, before the second
 */
export async function readAlarms(
  alarmReader: AlarmReader,
  names: readonly string[],
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<AlarmReadings> {
  const together = async (some: readonly string[]): Promise<AlarmReadings> => {
    const timeout = AbortSignal.timeout(ALARM_READ_TIMEOUT_MILLISECONDS);
    const readings = await alarmReader.read(some, AbortSignal.any([signal, timeout]));
    return new Map(readings.map((reading) => [reading.name, reading]));
  };
  try {
    return await together(names);
  } catch (error) {
    signal.throwIfAborted();
    onError(error);
    if (names.length === 1) return failed(names, error);
  }
  const alone = await Promise.all(
    names.map((name) => together([name]).catch((error: unknown) => failed([name], error))),
  );
  signal.throwIfAborted();
  return new Map(alone.flatMap((readings) => [...readings]));
}

function failed(names: readonly string[], error: unknown): AlarmReadings {
  const reason = error instanceof Error ? error : new Error(String(error));
  return new Map(names.map((name) => [name, reason]));
}
