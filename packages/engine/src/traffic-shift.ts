import type { TrafficRoutingConfig } from "@sluice/model/deployment-config.ts";

const MINUTE = 60_000;
const WHOLE_PERCENT = 100;

/** How traffic moves from one side to the other: `percent` of it in the first step. A linear shift repeats the step until all has moved. */
export type ShiftSchedule =
  | { readonly type: "all-at-once" }
  | { readonly type: "canary"; readonly percent: number; readonly intervalMilliseconds: number }
  | { readonly type: "linear"; readonly percent: number; readonly intervalMilliseconds: number };

/**
 * `next`: the wait of the present step is over. `finish`: all the rest moves in one step. `pause`: no further weight is asked for until
 * somebody lets it go on. Epoch milliseconds.
 */
export interface ShiftGate {
  readonly kind: "next" | "finish" | "pause";
  readonly since: number;
}

/** A weight of the new side that was reported as set, epoch milliseconds. */
export interface ShiftMove {
  readonly percent: number;
  readonly at: number;
}

/** What a person can ask of a shift (Sluice's ChangeShift). `resume` takes a pause back. */
export type ShiftAction = ShiftGate["kind"] | "resume";

/** How far a shift has come. */
export interface ShiftProgress {
  /** Of the traffic, on the new side. */
  readonly percent: number;
  /** When it was last reported as set, epoch milliseconds; null: never. */
  readonly changedAt: number | null;
  /** What a person wants of it; absent: that it goes by its schedule. */
  readonly gate?: ShiftGate | undefined;
}

/** The next weight of the new side, and the moment before which it must not be set; infinity: before somebody lets it go on. */
export interface ShiftStep {
  readonly percent: number;
  readonly notBefore: number;
}

/** What a deployment configuration for Lambda or ECS asks for. */
export function shiftScheduleOf(routing: TrafficRoutingConfig): ShiftSchedule {
  switch (routing.type) {
    case "AllAtOnce":
      return { type: "all-at-once" };
    case "TimeBasedCanary": {
      const { canaryPercentage, canaryInterval } = routing.timeBasedCanary;
      return { type: "canary", percent: canaryPercentage, intervalMilliseconds: canaryInterval * MINUTE };
    }
    case "TimeBasedLinear": {
      const { linearPercentage, linearInterval } = routing.timeBasedLinear;
      return { type: "linear", percent: linearPercentage, intervalMilliseconds: linearInterval * MINUTE };
    }
    default: {
      const never: never = routing;
      return never;
    }
  }
}

/**
 * What comes next. The first step is due at once (codedeploy-semantics.md, section 7); each later one an interval after the one before
 * was in force, so that every weight is watched for the whole interval, however long it took to set it, or the server was away. A
 * person may hold it, skip the wait of one step, or all that is left.
 */
export function nextShift(schedule: ShiftSchedule, shift: ShiftProgress, now: number): ShiftStep | "done" {
  const ahead = weightsOf(schedule).filter((weight) => weight > shift.percent);
  const percent = shift.gate?.kind === "finish" ? ahead.at(-1) : ahead[0];
  if (percent === undefined) return "done";
  if (shift.gate) return { percent, notBefore: shift.gate.kind === "pause" ? Number.POSITIVE_INFINITY : now };
  if (schedule.type === "all-at-once" || shift.percent === 0) return { percent, notBefore: now };
  return { percent, notBefore: (shift.changedAt ?? now) + schedule.intervalMilliseconds };
}

/** The weights of the new side, one a step, ascending. The last is 100. */
export function weightsOf(schedule: ShiftSchedule): readonly number[] {
  switch (schedule.type) {
    case "all-at-once":
      return [WHOLE_PERCENT];
    case "canary":
      return [schedule.percent, WHOLE_PERCENT];
    case "linear": {
      const steps = Math.ceil(WHOLE_PERCENT / schedule.percent);
      return Array.from({ length: steps }, (_, step) => Math.min(WHOLE_PERCENT, (step + 1) * schedule.percent));
    }
    default: {
      const never: never = schedule;
      return never;
    }
  }
}

/** The time from the first step to the last, if each is set at once. */
export function shiftMilliseconds(schedule: ShiftSchedule): number {
  return schedule.type === "all-at-once" ? 0 : (weightsOf(schedule).length - 1) * schedule.intervalMilliseconds;
}
