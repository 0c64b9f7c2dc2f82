import type { DeploymentState } from "./state.ts";
import { watchedHostEffects } from "./strategies/hosts/host-effects.ts";
import { shiftEffects } from "./strategies/shift/plan-shift.ts";
import { isShift } from "./strategies/shift/shift-rollouts.ts";

/** The keys of the effects whose reports bear on what a deployment does next: what an observation has to hold. */
export function watchedEffects(state: DeploymentState): readonly string[] {
  return isShift(state.strategy) ? shiftEffects(state).map(({ key }) => key) : watchedHostEffects(state);
}
