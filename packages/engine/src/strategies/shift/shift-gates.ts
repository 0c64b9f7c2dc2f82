import type { DeploymentState } from "../../state.ts";
import { nextShift, type ShiftAction, type ShiftSchedule } from "../../traffic-shift.ts";
import { type ShiftTarget, shiftTarget } from "./phase.ts";

const ACTIONS: Readonly<Record<ShiftAction, true>> = { next: true, finish: true, pause: true, resume: true };

export const SHIFT_ACTIONS = Object.keys(ACTIONS) as readonly ShiftAction[];

export type ShiftChange =
  | { readonly outcome: "refused"; readonly reason: string }
  /** It is so already. */
  | { readonly outcome: "unchanged"; readonly target: ShiftTarget }
  | { readonly outcome: "changed"; readonly target: ShiftTarget };

/**
 * What comes of what a person asks of a shift. Traffic is let on, or held, while it moves by a schedule: in AllowTraffic of a deployment
 * that goes forward. Reasons are sentences without a full stop.
 */
export function changeOfShift(state: DeploymentState, action: ShiftAction): ShiftChange {
  const target = movingTarget(state);
  const closed = whyClosed(state, target);
  if (closed !== undefined || !target) return refused(closed ?? "its traffic does not move yet");
  const { deploymentId } = state;
  const { gate, asked } = target.shift;
  switch (action) {
    case "resume":
      return { outcome: gate?.kind === "pause" ? "changed" : "unchanged", target };
    case "pause":
      return { outcome: gate?.kind === "pause" ? "unchanged" : "changed", target };
    case "next":
    case "finish":
      if (gate?.kind === "pause") {
        return refused(`its shift is paused. To let it go on: sluice shift resume ${deploymentId}`);
      }
      if (gate?.kind === action) return { outcome: "unchanged", target };
      if (gate?.kind === "finish") return refused("all the rest of its traffic is on its way already");
      // What is skipped is a wait that somebody can see, and not one that begins in a moment.
      if (action === "next" && asked) {
        return refused(`no step waits now: the move to ${asked.percent} % is not confirmed yet. Try again in a moment`);
      }
      return { outcome: "changed", target };
    default: {
      const never: never = action;
      return never;
    }
  }
}

/** Whether a person's word on its shift is heard now. */
export function isShiftOpen(state: DeploymentState): boolean {
  return whyClosed(state, movingTarget(state)) === undefined;
}

/** The schedule by which a deployment's traffic moves; undefined: it goes back, or there is none. */
export function scheduleOf({ strategy }: Pick<DeploymentState, "strategy">): ShiftSchedule | undefined {
  return strategy.type === "ecs-blue-green" || strategy.type === "lambda-shift" ? strategy.schedule : undefined;
}

/** Of a deployment whose traffic moves by a schedule: others may have any number of targets, and hosts among them. */
function movingTarget(state: DeploymentState): ShiftTarget | undefined {
  return scheduleOf(state) ? shiftTarget(state) : undefined;
}

function whyClosed(state: DeploymentState, target: ShiftTarget | undefined): string | undefined {
  const { halt, stopRequestedAt, startedAt } = state;
  const schedule = scheduleOf(state);
  if (!schedule) {
    return state.strategy.type === "ecs-rollback" || state.strategy.type === "lambda-rollback"
      ? "it is a rollback, and its traffic goes back in one step"
      : "no traffic is shifted by weights: only deployments to ECS and Lambda do that";
  }
  if (halt !== null || stopRequestedAt !== null) return "it is being stopped";
  if (!target || startedAt === null) return "it has not begun";
  const allow = target.lifecycleEvents.find(({ name }) => name === "AllowTraffic");
  if (allow?.endedAt != null) return "its traffic has moved already";
  if (target.command?.event !== "AllowTraffic") return "its traffic does not move yet: AllowTraffic has not begun";
  const { shift } = target;
  const isLast = nextShift(schedule, { percent: shift.asked?.percent ?? shift.percent, changedAt: null }, 0) === "done";
  return isLast ? "all of its traffic has moved, or was asked for already" : undefined;
}

function refused(reason: string): ShiftChange {
  return { outcome: "refused", reason };
}
