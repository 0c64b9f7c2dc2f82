import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryAlarmReaderDependencies {
  /** By name, read at every call; a name that is missing is an unknown alarm. */
  readonly alarms: ReadonlyMap<string, Omit<AlarmReading, "name">>;
  /** Called before each reading: may throw, as a monitoring system that cannot be reached. */
  readonly onRead?: () => void;
}

/** Alarms in a map, for tests and simulations. */
export const memoryAlarmReader: Driver<"alarm-reader", NoSettings, MemoryAlarmReaderDependencies, AlarmReader> = {
  port: "alarm-reader",
  name: "memory",
  create: (_settings, { alarms, onRead }) => ({
    read: async (names, signal) => {
      signal.throwIfAborted();
      onRead?.();
      return names.map((name) => {
        const alarm = alarms.get(name);
        if (alarm === undefined) return { name, state: "unknown", since: null, detail: "no such alarm in memory" };
        return { name, ...alarm };
      });
    },
  }),
};
