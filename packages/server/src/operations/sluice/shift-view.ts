import type { DeploymentState, TargetState } from "@sluice/engine/state.ts";
import { isShiftOpen, scheduleOf } from "@sluice/engine/strategies/shift/shift-gates.ts";
import { nextShift, weightsOf } from "@sluice/engine/traffic-shift.ts";
import { invariant } from "@sluice/model/invariant.ts";
import type { ShiftStepView, ShiftView } from "@sluice/wire/sluice/sluice-api.ts";

/** How far a shift is, and what comes. A schedule's times are those of now: a server that is away, or a slow balancer, moves them on. */
export function shiftView(state: DeploymentState, target: TargetState, now: number): ShiftView {
  invariant(target.type !== "host", `${target.targetId} has no weights`);
  const { targetId, shift } = target;
  const { percent, asked, gate, changedAt, moves } = shift;
  const schedule = scheduleOf(state);
  const isOpen = isShiftOpen(state);
  const past = moves ?? (changedAt === null ? [] : [{ percent, at: changedAt }]);
  const steps: ShiftStepView[] = past.map((move) => ({ percent: move.percent, at: new Date(move.at) }));
  const next = isOpen && schedule && !asked ? nextShift(schedule, shift, now) : "done";
  // Of a deployment that goes on no further, or goes back, no schedule says what comes.
  const ahead = isOpen && schedule ? stepsAhead(weightsOf(schedule), percent, gate?.kind === "finish") : [];
  const isCounting = next !== "done" && Number.isFinite(next.notBefore);
  return {
    targetId,
    percent,
    steps: [...steps, ...ahead],
    ...(asked ? { askedPercent: asked.percent, askedSince: new Date(asked.at) } : {}),
    ...(next === "done" ? {} : { nextPercent: next.percent }),
    ...(isCounting ? { nextAt: new Date(next.notBefore) } : {}),
    ...(gate?.kind === "pause" ? { pausedSince: new Date(gate.since) } : {}),
    isOpen,
  };
}

function stepsAhead(weights: readonly number[], percent: number, isFinishing: boolean): ShiftStepView[] {
  const ahead = weights.filter((weight) => weight > percent);
  return (isFinishing ? ahead.slice(-1) : ahead).map((weight) => ({ percent: weight }));
}
