import { Draft } from "./draft.ts";
import type { Plan } from "./event.ts";
import type { Observation } from "./observation.ts";
import { type DeploymentState, isTerminal } from "./state.ts";
import { planInPlace, wakeInPlace } from "./strategies/in-place.ts";
import { startInPlace } from "./strategies/start-in-place.ts";

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
    startInPlace(draft, observation.resolution);
  }
  if (draft.state.status === "InProgress") planInPlace(draft, observation);
  return { events: draft.events, effects: [], wakeAt: wakeInPlace(draft.state, observation) };
}
