import { invariant } from "@sluice/model/invariant.ts";
import type { Draft } from "../../draft.ts";
import type { Plan } from "../../event.ts";
import { stopError } from "../../messages.ts";
import type { Observation } from "../../observation.ts";
import { type DeploymentState, isTerminal, isUnderWay } from "../../state.ts";
import {
  alarmsUnreadableUntil,
  haltOnAlarm,
  haltWhenOverdue,
  haltWhenStopped,
  isPastReturn,
  runTimeoutAt,
} from "../halting.ts";
import { advanceTargets, endsHostsUnderWay } from "../hosts/hosts-at-work.ts";
import { shiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import type { ShiftRollout } from "./shift-rollout.ts";
import { isShift, shiftRolloutOf } from "./shift-rollouts.ts";
import {
  beginShift,
  haltWhenFailed,
  phaseEffects,
  phaseSettledAt,
  settlePhases,
  windShiftDown,
} from "./shift-round.ts";

/** What is to happen to a shift now. One round of decisions may make room for the next, so they repeat until all is still. */
export function planShift(draft: Draft, observation: Observation, rollout: ShiftRollout): Plan {
  let decided = -1;
  while (draft.events.length > decided && isUnderWay(draft.state.status)) {
    decided = draft.events.length;
    roundOf(draft, observation, rollout);
  }
  return {
    events: draft.events,
    effects: shiftEffects(draft.state),
    wakeAt: wakeAt(draft.state, observation, rollout, draft.now),
  };
}

/** All that is wanted of the outside now: the same at every plan, until its reports have come. */
export function shiftEffects(state: DeploymentState): readonly ShiftEffect[] {
  const { strategy } = state;
  const target = shiftTarget(state);
  if (!isShift(strategy) || !target || !isUnderWay(state.status)) return [];
  const { phaseOf, lastEffects } = shiftRolloutOf(strategy);
  return [...phaseEffects(state, phaseOf), ...(lastEffects?.(state, target) ?? [])];
}

function roundOf(draft: Draft, observation: Observation, rollout: ShiftRollout): void {
  if (!isPastReturn(draft.state)) {
    haltWhenStopped(draft);
    haltOnAlarm(draft, observation);
    haltWhenOverdue(draft, rollout.timeoutMilliseconds, observation);
  }
  settlePhases(draft, observation, rollout.phaseOf);
  if (!endsHostsUnderWay(draft.state)) advanceTargets(draft);
  haltWhenFailed(draft);
  if (draft.state.halt === null) beginShift(draft);
  if (draft.state.halt !== null) {
    windShiftDown(draft, observation, rollout.phaseOf);
    endShift(draft, rollout);
  } else proceed(draft, observation, rollout);
}

function proceed(draft: Draft, observation: Observation, rollout: ShiftRollout): void {
  const target = shiftTarget(draft.state);
  if (target?.status === "Ready" || target?.status === "Succeeded") rollout.proceed(draft, target, observation);
}

function endShift(draft: Draft, rollout: ShiftRollout): void {
  const { state } = draft;
  const target = shiftTarget(state);
  invariant(target && state.error, "a halted shift has its target and its reason");
  for (const message of rollout.describeHalt(state, target)) draft.decide({ type: "statusMessageAdded", message });
  if (state.halt === "stop" || state.halt === "alarm") {
    draft.decide({ type: "deploymentStopped", error: stopError(state, state.error) });
  } else draft.decide({ type: "deploymentFailed", error: state.error });
}

/** The earliest moment at which time alone changes something. */
function wakeAt(state: DeploymentState, observation: Observation, rollout: ShiftRollout, now: number): number | null {
  if (!isUnderWay(state.status) || isTerminal(state.status)) return null;
  let earliest = phaseSettledAt(state, observation, rollout.phaseOf, now);
  if (state.halt === null && !isPastReturn(state)) {
    earliest = Math.min(
      earliest,
      runTimeoutAt(state, rollout.timeoutMilliseconds, observation.heard, now),
      alarmsUnreadableUntil(state, observation, now),
      state.wait?.until ?? Number.POSITIVE_INFINITY,
    );
  }
  return Number.isFinite(earliest) ? earliest : null;
}
