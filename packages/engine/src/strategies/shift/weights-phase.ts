import type { EffectReport } from "../../effect-report.ts";
import type { DeploymentEvent } from "../../event.ts";
import { deadlineAt } from "../../heard-time.ts";
import { ALARMS_CATCH_UP_MILLISECONDS, WEIGHTS_TIMEOUT_MILLISECONDS } from "../../time-limits.ts";
import { nextShift, type ShiftSchedule } from "../../traffic-shift.ts";
import { tellNoTasks } from "./no-tasks.ts";
import type { AtWork, Phase, Trouble } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";

/** The effect that sets this weight of the new side. */
export type WeightsEffect = (step: number, percent: number) => ShiftEffect;

/**
 * The traffic moves on by its schedule: the next weight is asked for when its time has come, and noted when it is reported as set. Undefined:
 * all of it has moved.
 */
export function weightsPhase(
  at: AtWork,
  schedule: ShiftSchedule,
  effectOf: WeightsEffect,
  trouble: Trouble,
): Phase | undefined {
  const { target, now } = at;
  const { targetId, shift } = target;
  const step = shift.step + 1;
  if (shift.asked) return askForWeights(at, effectOf, trouble);
  const next = nextShift(schedule, shift, now);
  if (next === "done") return undefined;
  const { percent } = next;
  if (shift.gate?.kind === "pause") return pausedPhase(at, shift.gate.since);
  const notBefore = shift.gate ? next.notBefore : watchedUntil(at, next.notBefore);
  if (now >= notBefore) return { kind: "decide", events: [{ type: "weightsAsked", targetId, step, percent }] };
  const reason = `${shift.percent} % of the traffic has moved, and is watched before ${percent} % move`;
  return { kind: "wait", since: shift.changedAt ?? now, until: notBefore, reason };
}

function pausedPhase({ state, target }: AtWork, since: number): Phase {
  const reason = `the shift is paused at ${target.shift.percent} % of the traffic. To let it go on: sluice shift resume ${state.deploymentId}`;
  return { kind: "wait", since, until: null, reason };
}

/** Where alarms are watched, time in which nobody could read them counts as little as it does for a deadline. */
function watchedUntil({ state, target, heard, now }: AtWork, notBefore: number): number {
  const { changedAt } = target.shift;
  if (state.alarms === null || changedAt === null) return notBefore;
  return deadlineAt(heard, changedAt, notBefore - changedAt, now, ALARMS_CATCH_UP_MILLISECONDS);
}

/** All traffic is the old side's again, at once. Undefined: it is. */
export function weightsBackPhase(at: AtWork, effectOf: WeightsEffect, trouble: Trouble): Phase | undefined {
  const { targetId, shift } = at.target;
  if (shift.asked) return askForWeights(at, effectOf, trouble);
  if (shift.step > 0) return undefined;
  return { kind: "decide", events: [{ type: "weightsAsked", targetId, step: 1, percent: 0 }] };
}

/** What whoever has set a weight says of how. */
function tellDetails(reports: readonly EffectReport[], percent: number): readonly DeploymentEvent[] {
  return reports
    .filter(({ detail }) => detail !== "")
    .map(({ detail }) => ({
      type: "statusMessageAdded",
      message: `As ${percent} % of the traffic moved, ${detail}.`,
    }));
}

function askForWeights(at: AtWork, effectOf: WeightsEffect, trouble: Trouble): Phase | undefined {
  const { targetId, shift } = at.target;
  const { step: before, asked } = shift;
  if (!asked) return undefined;
  const { percent, at: since } = asked;
  const step = before + 1;
  return {
    kind: "ask",
    asks: [{ effect: effectOf(step, percent), trouble }],
    whenDone: (reports) => [
      { type: "trafficShifted", targetId, step, percent },
      ...tellDetails(reports, percent),
      ...tellNoTasks(at, reports, percent),
    ],
    since,
    timeoutMilliseconds: WEIGHTS_TIMEOUT_MILLISECONDS,
  };
}
