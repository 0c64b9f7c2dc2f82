import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { Random } from "./random.ts";
import type { FaultRates } from "./scenario.ts";
import type { SimulatedTime } from "./simulated-time.ts";
import { Unreachable } from "./unreachable.ts";

const MAX_SLOW_MILLISECONDS = 4_000;
/** Outages of the monitoring system are short or long: some last longer than a deployment that needs its alarms may go on. */
const OUTAGES_MILLISECONDS = [1, 3_000, 15_000, 90_000];

export interface AlarmParts {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly faults: () => FaultRates;
  readonly onFault: (fault: string) => void;
}

/** The monitoring system: an alarm a group, which fires for a time. */
export class SimulatedAlarms implements AlarmReader {
  /** How long one reading may take at most, outages apart. */
  readonly answerMilliseconds: number;
  readonly #parts: AlarmParts;
  readonly #firing = new Map<string, { since: number; until: number }>();
  #darkUntil = 0;

  constructor(parts: AlarmParts) {
    this.#parts = parts;
    this.answerMilliseconds = parts.faults().alarmsSlow > 0 ? MAX_SLOW_MILLISECONDS : 0;
  }

  fire(name: string, milliseconds: number): void {
    const now = this.#parts.time.now();
    const since = this.firingSince(name) ?? now;
    this.#firing.set(name, { since, until: now + milliseconds });
  }

  /** Null when it does not fire. */
  firingSince(name: string): number | null {
    const firing = this.#firing.get(name);
    return firing && firing.until > this.#parts.time.now() ? firing.since : null;
  }

  hasFiredSince(name: string, moment: number): boolean {
    const firing = this.#firing.get(name);
    return firing !== undefined && firing.until >= moment;
  }

  /** The last moment at which nobody could read them. */
  get unreadableUntil(): number {
    return this.#darkUntil;
  }

  async read(names: readonly string[]): Promise<readonly AlarmReading[]> {
    const { time, random, faults, onFault } = this.#parts;
    const { alarmsUnreadable, alarmsSlow } = faults();
    if (time.now() >= this.#darkUntil && random.chance(alarmsUnreadable)) {
      onFault("alarmsUnreadable");
      this.#darkUntil = time.now() + random.pick(OUTAGES_MILLISECONDS);
    }
    if (time.now() < this.#darkUntil && alarmsUnreadable > 0)
      throw new Unreachable("the monitoring system does not answer");
    const readings = names.map((name): AlarmReading => {
      const since = this.firingSince(name);
      return { name, state: since === null ? "ok" : "alarm", since, detail: "" };
    });
    if (random.chance(alarmsSlow)) {
      onFault("alarmsSlow");
      await time.sleep(random.integer(100, MAX_SLOW_MILLISECONDS));
    }
    return readings;
  }
}
