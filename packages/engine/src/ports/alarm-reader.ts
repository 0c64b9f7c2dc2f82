/**
 * `unknown`: the monitoring system has no alarm of that name. `unreadable`: of several systems the one that has it could not be asked,
 * and `detail` is why.
 */
export type AlarmState = "ok" | "alarm" | "insufficient-data" | "unknown" | "unreadable";

export interface AlarmReading {
  readonly name: string;
  readonly state: AlarmState;
  /** Since when, epoch milliseconds; null where the system does not say. */
  readonly since: number | null;
  /** The system's own words. */
  readonly detail: string;
}

/**
 * The port to monitoring systems. Reading only. A system that cannot be reached is a rejection, or `unreadable` where it is one of
 * several: never an `ok`.
 */
export interface AlarmReader {
  /** One reading for each name, in their order. */
  read(names: readonly string[], signal: AbortSignal): Promise<readonly AlarmReading[]>;
}
