import { Draft } from "./draft.ts";
import type { Effect, Plan } from "./event.ts";
import { hostTargets } from "./host-targets.ts";
import type { Observation } from "./observation.ts";
import { type DeploymentState, type HostStrategy, isTerminal, isUnderWay } from "./state.ts";
import { alarmsUnreadableUntil, isPastReturn, runTimeoutAt } from "./strategies/halting.ts";
import { BLUE_GREEN, tellWithholdAt, withholdDeadline } from "./strategies/hosts/blue-green.ts";
import { BLUE_GREEN_ROLLBACK } from "./strategies/hosts/blue-green-rollback.ts";
import { stageEffects, withholdEffectKey } from "./strategies/hosts/host-effects.ts";
import { planRollout, type Rollout } from "./strategies/hosts/host-stages.ts";
import { commandSettledAt } from "./strategies/hosts/hosts-at-work.ts";
import { IN_PLACE } from "./strategies/hosts/in-place.ts";
import { planShift } from "./strategies/shift/plan-shift.ts";
import { isShift, shiftRolloutOf } from "./strategies/shift/shift-rollouts.ts";
import { startDeployment } from "./strategies/start.ts";
import { trafficEffects } from "./traffic-effects.ts";

/**
 * What is to happen to a deployment now: a pure function of its state, what was observed and the time. Called again at every wake
 * with the whole snapshot; planning twice on the same input gives the same answer, and planning on its own result gives nothing.
 */
export function plan(state: DeploymentState, observation: Observation, now: number): Plan {
  if (isTerminal(state.status)) return { events: [], effects: [], wakeAt: null };
  const draft = new Draft(state, now);
  if (draft.state.status === "Created" || draft.state.status === "Queued") {
    if (!observation.resolution && draft.state.stopRequestedAt === null) {
      return {
        events: [],
        effects: [{ kind: "resolveTargets", key: `${state.deploymentId}/-/resolveTargets/1` }],
        wakeAt: null,
      };
    }
    startDeployment(draft, observation.resolution);
  }
  const { strategy } = state;
  if (isShift(strategy)) return planShift(draft, observation, shiftRolloutOf(strategy));
  const rollout = rolloutOf(strategy);
  if (isUnderWay(draft.state.status)) planRollout(draft, observation, rollout);
  return {
    events: draft.events,
    effects: effectsOf(draft),
    wakeAt: wakeAt(draft.state, observation, rollout, now),
  };
}

function rolloutOf(strategy: HostStrategy): Rollout {
  switch (strategy.type) {
    case "in-place":
      return IN_PLACE;
    case "blue-green":
      return BLUE_GREEN;
    case "blue-green-rollback":
      return BLUE_GREEN_ROLLBACK;
    default: {
      const never: never = strategy;
      return never;
    }
  }
}

function effectsOf({ state, events }: Draft): readonly Effect[] {
  return [...trafficEffects(state.deploymentId, events), ...stageEffects(state)];
}

/** The earliest moment at which time alone changes something: a deadline or a wait passes, or a host's silence exceeds its grace. */
function wakeAt(state: DeploymentState, observation: Observation, rollout: Rollout, now: number): number | null {
  if (!isUnderWay(state.status) || state.startedAt === null) return null;
  const { heard } = observation;
  let earliest = Number.POSITIVE_INFINITY;
  // Once it is decided how the deployment ends, these decide nothing any more, and may be moments in the past.
  if (state.halt === null && !isPastReturn(state)) {
    earliest = Math.min(
      runTimeoutAt(state, rollout.timeoutMilliseconds, heard, now),
      alarmsUnreadableUntil(state, observation, now),
    );
    if (state.stage === "withhold") {
      const told = tellWithholdAt(state, observation.reports.get(withholdEffectKey(state.deploymentId)));
      earliest = Math.min(earliest, withholdDeadline(state, heard, now), told);
    }
    if (state.wait !== null) earliest = Math.min(earliest, state.wait.until);
  }
  for (const target of hostTargets(state)) {
    earliest = Math.min(earliest, commandSettledAt(target, state, observation, now));
  }
  return Number.isFinite(earliest) ? earliest : null;
}
