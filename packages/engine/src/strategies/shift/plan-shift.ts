import type { DeploymentState } from "../../state.ts";
import { isUnderWay } from "../../state.ts";
import type { Rollout } from "../rollout.ts";
import { shiftTarget } from "./phase.ts";
import type { ShiftEffect } from "./shift-effects.ts";
import type { ShiftPhases } from "./shift-phases.ts";
import {
  beginShift,
  haltWhenFailed,
  phaseEffects,
  phaseSettledAt,
  settlePhases,
  windShiftDown,
} from "./shift-round.ts";

const NOTHING_FORGIVEN: ReadonlySet<never> = new Set();

/** One target goes from phase to phase, in the order of its lifecycle events. */
export function shiftRollout(phases: ShiftPhases): Rollout {
  const { phaseOf, timeoutMilliseconds } = phases;
  return {
    timeoutMilliseconds,
    start(state, found) {
      const start = phases.start(state, found);
      if ("error" in start) return start;
      const { target, warnings } = start;
      return { targets: [target], firstStage: "deploy", ...(warnings ? { warnings } : {}) };
    },
    forgiven: () => NOTHING_FORGIVEN,
    settle: (draft, observation) => settlePhases(draft, observation, phaseOf),
    begin(draft) {
      haltWhenFailed(draft);
      if (draft.state.halt === null) beginShift(draft);
    },
    proceed(draft, observation) {
      const target = shiftTarget(draft.state);
      if (target?.status === "Ready" || target?.status === "Succeeded") phases.proceed(draft, target, observation);
    },
    windDown: (draft, observation) => windShiftDown(draft, observation, phaseOf),
    describeHalt(state) {
      const target = shiftTarget(state);
      return target ? phases.describeHalt(state, target) : [];
    },
    effects: (state) => shiftEffects(state, phases),
    watchedEffects: (state) => shiftEffects(state, phases).map(({ key }) => key),
    wakeAt: (state, observation, now) => phaseSettledAt(state, observation, phaseOf, now),
  };
}

/** All that is wanted of the outside now: the same at every plan, until its reports have come. */
function shiftEffects(state: DeploymentState, { phaseOf, lastEffects }: ShiftPhases): readonly ShiftEffect[] {
  const target = shiftTarget(state);
  if (!target || !isUnderWay(state.status)) return [];
  return [...phaseEffects(state, phaseOf), ...(lastEffects?.(state, target) ?? [])];
}
