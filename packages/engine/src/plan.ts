import { Draft } from "./draft.ts";
import type { Plan } from "./event.ts";
import type { Observation } from "./observation.ts";
import { type DeploymentState, isTerminal, isUnderWay } from "./state.ts";
import { rolloutOf } from "./strategies/rollouts.ts";
import { nextRoundAt, planRounds } from "./strategies/round.ts";
import { resolution, startDeployment } from "./strategies/start.ts";

/**
 * What is to happen to a deployment now: a pure function of its state, what was observed and the time. Called again at every wake
 * with the whole snapshot; planning twice on the same input gives the same answer, and planning on its own result gives nothing.
 */
export function plan(state: DeploymentState, observation: Observation, now: number): Plan {
  if (isTerminal(state.status)) return { events: [], effects: [], wakeAt: null };
  const draft = new Draft(state, now);
  const rollout = rolloutOf(state.strategy);
  if (state.status === "Created" || state.status === "Queued") {
    if (!observation.resolution && state.stopRequestedAt === null) {
      return { events: [], effects: [resolution(state)], wakeAt: null };
    }
    startDeployment(draft, observation.resolution, rollout);
  }
  if (isUnderWay(draft.state.status)) planRounds(draft, observation, rollout);
  return {
    events: draft.events,
    effects: rollout.effects(draft.state, draft.events),
    wakeAt: nextRoundAt(draft.state, observation, rollout, now),
  };
}
