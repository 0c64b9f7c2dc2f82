import { MAX_TRAFFIC_PERCENT, MAX_TRAFFIC_SHIFT_MINUTES, MIN_TRAFFIC_PERCENT } from "@sluice/model/limits.ts";
import { PREDEFINED_DEPLOYMENT_CONFIGS } from "@sluice/model/predefined-deployment-configs.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  nextShift,
  type ShiftProgress,
  type ShiftSchedule,
  type ShiftStep,
  shiftMilliseconds,
  shiftScheduleOf,
  weightsOf,
} from "./traffic-shift.ts";

const MINUTE = 60_000;
const UNSHIFTED: ShiftProgress = { percent: 0, changedAt: null };

/** What the predefined configurations of Lambda and ECS ask for, written down by hand. */
const PREDEFINED: Readonly<Record<string, ShiftSchedule>> = {
  LambdaAllAtOnce: { type: "all-at-once" },
  LambdaCanary10Percent5Minutes: { type: "canary", percent: 10, intervalMilliseconds: 5 * MINUTE },
  LambdaCanary10Percent10Minutes: { type: "canary", percent: 10, intervalMilliseconds: 10 * MINUTE },
  LambdaCanary10Percent15Minutes: { type: "canary", percent: 10, intervalMilliseconds: 15 * MINUTE },
  LambdaCanary10Percent30Minutes: { type: "canary", percent: 10, intervalMilliseconds: 30 * MINUTE },
  LambdaLinear10PercentEvery1Minute: { type: "linear", percent: 10, intervalMilliseconds: MINUTE },
  LambdaLinear10PercentEvery2Minutes: { type: "linear", percent: 10, intervalMilliseconds: 2 * MINUTE },
  LambdaLinear10PercentEvery3Minutes: { type: "linear", percent: 10, intervalMilliseconds: 3 * MINUTE },
  LambdaLinear10PercentEvery10Minutes: { type: "linear", percent: 10, intervalMilliseconds: 10 * MINUTE },
  ECSAllAtOnce: { type: "all-at-once" },
  ECSCanary10Percent5Minutes: { type: "canary", percent: 10, intervalMilliseconds: 5 * MINUTE },
  ECSCanary10Percent15Minutes: { type: "canary", percent: 10, intervalMilliseconds: 15 * MINUTE },
  ECSLinear10PercentEvery1Minutes: { type: "linear", percent: 10, intervalMilliseconds: MINUTE },
  ECSLinear10PercentEvery3Minutes: { type: "linear", percent: 10, intervalMilliseconds: 3 * MINUTE },
};

const percents = fc.integer({ min: MIN_TRAFFIC_PERCENT, max: MAX_TRAFFIC_PERCENT });
const intervals = fc.integer({ min: 1, max: MAX_TRAFFIC_SHIFT_MINUTES }).map((minutes) => minutes * MINUTE);
const schedules: fc.Arbitrary<ShiftSchedule> = fc.oneof(
  fc.constant<ShiftSchedule>({ type: "all-at-once" }),
  fc.record({ type: fc.constantFrom("canary", "linear"), percent: percents, intervalMilliseconds: intervals }),
);
/** How long each step takes to be set, and how late the planner looks. */
const delays = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 1, maxLength: 20 });

interface Set extends ShiftStep {
  readonly askedAt: number;
  readonly setAt: number;
}

/** A whole shift, as a planner drives it that is woken late and asks a driver that is slow. */
function play(schedule: ShiftSchedule, late: readonly number[]): readonly Set[] {
  const sets: Set[] = [];
  let shift = UNSHIFTED;
  let now = 1_000_000;
  for (let turn = 0; turn < 200; turn++) {
    const next = nextShift(schedule, shift, now);
    if (next === "done") return sets;
    const askedAt = Math.max(now, next.notBefore) + (late[(2 * turn) % late.length] ?? 0);
    now = askedAt + (late[(2 * turn + 1) % late.length] ?? 0);
    shift = { percent: next.percent, changedAt: now };
    sets.push({ ...next, askedAt, setAt: now });
  }
  throw new Error("the shift does not end");
}

describe("the schedule of a configuration", () => {
  const shifting = PREDEFINED_DEPLOYMENT_CONFIGS.filter((config) => config.computePlatform !== "Server");

  it.each(shifting)("$deploymentConfigName", ({ deploymentConfigName, trafficRoutingConfig }) => {
    const name = deploymentConfigName.replace("CodeDeployDefault.", "");
    expect(trafficRoutingConfig && shiftScheduleOf(trafficRoutingConfig)).toEqual(PREDEFINED[name]);
  });

  it("covers every predefined configuration of Lambda and ECS", () => {
    expect(shifting).toHaveLength(Object.keys(PREDEFINED).length);
  });
});

describe("nextShift", () => {
  it("moves all at once", () => {
    expect(nextShift({ type: "all-at-once" }, UNSHIFTED, 7)).toEqual({ percent: 100, notBefore: 7 });
    expect(nextShift({ type: "all-at-once" }, { percent: 100, changedAt: 7 }, 7)).toBe("done");
  });

  it("moves a canary at once, and the rest an interval after that was in force", () => {
    const canary: ShiftSchedule = { type: "canary", percent: 10, intervalMilliseconds: 5 * MINUTE };
    expect(nextShift(canary, UNSHIFTED, 7)).toEqual({ percent: 10, notBefore: 7 });
    const rest = { percent: 100, notBefore: 1000 + 5 * MINUTE };
    expect(nextShift(canary, { percent: 10, changedAt: 1000 }, 1001)).toEqual(rest);
    expect(nextShift(canary, { percent: 10, changedAt: 1000 }, 9 * MINUTE)).toEqual(rest);
    expect(nextShift(canary, { percent: 100, changedAt: 1000 }, 9 * MINUTE)).toBe("done");
  });

  it("ends a linear shift with what is left, where the step does not divide the whole", () => {
    expect(weightsOf({ type: "linear", percent: 30, intervalMilliseconds: MINUTE })).toEqual([30, 60, 90, 100]);
    expect(weightsOf({ type: "linear", percent: 99, intervalMilliseconds: MINUTE })).toEqual([99, 100]);
    expect(weightsOf({ type: "linear", percent: 10, intervalMilliseconds: MINUTE })).toHaveLength(10);
  });

  it("never sets a step before the interval since the one before it is over, however late each was set", () => {
    fc.assert(
      fc.property(schedules, delays, (schedule, late) => {
        const sets = play(schedule, late);
        for (const [index, { askedAt, notBefore }] of sets.entries()) {
          const before = sets[index - 1];
          const interval = schedule.type === "all-at-once" ? 0 : schedule.intervalMilliseconds;
          expect(askedAt).toBeGreaterThanOrEqual(notBefore);
          if (before) expect(notBefore).toBe(before.setAt + interval);
        }
      }),
    );
  });

  it("only ever raises the weight, by no more than a step, and ends with all traffic moved", () => {
    fc.assert(
      fc.property(schedules, delays, (schedule, late) => {
        const weights = play(schedule, late).map(({ percent }) => percent);
        expect(weights).toEqual(weightsOf(schedule));
        expect(weights.at(-1)).toBe(100);
        for (const [index, weight] of weights.entries()) {
          const risen = weight - (weights[index - 1] ?? 0);
          expect(risen).toBeGreaterThan(0);
          if (schedule.type === "linear") expect(risen).toBeLessThanOrEqual(schedule.percent);
        }
        if (schedule.type !== "all-at-once") expect(weights[0]).toBe(schedule.percent);
      }),
    );
  });

  it("gives the same step however often it is asked before it is set", () => {
    const waits = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(schedules, waits, waits, (schedule, first, later) => {
        for (const percent of weightsOf(schedule)) {
          const shift = { percent, changedAt: 1000 };
          expect(nextShift(schedule, shift, 1000 + first)).toEqual(nextShift(schedule, shift, 1000 + later));
        }
      }),
    );
  });

  it("takes as long as its intervals when nothing is late", () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const sets = play(schedule, [0]);
        expect((sets.at(-1)?.setAt ?? 0) - (sets[0]?.setAt ?? 0)).toBe(shiftMilliseconds(schedule));
      }),
    );
  });
});
