import type { AdvancePolicy } from "../advance-target.ts";
import type { DeploymentState, Strategy } from "../state.ts";
import { BLUE_GREEN } from "./hosts/blue-green.ts";
import { BLUE_GREEN_ROLLBACK } from "./hosts/blue-green-rollback.ts";
import { hostRollout } from "./hosts/host-stages.ts";
import { IN_PLACE } from "./hosts/in-place.ts";
import type { Rollout } from "./rollout.ts";
import { SHIFT_ROLLOUTS } from "./shift/shift-rollouts.ts";

/** Each strategy there is. */
const ROLLOUTS: { readonly [Type in Strategy["type"]]: Rollout } = {
  "in-place": hostRollout(IN_PLACE),
  "blue-green": hostRollout(BLUE_GREEN),
  "blue-green-rollback": hostRollout(BLUE_GREEN_ROLLBACK),
  ...SHIFT_ROLLOUTS,
};

export function rolloutOf({ type }: Strategy): Rollout {
  return ROLLOUTS[type];
}

/** What of a deployment bears on the next step of one target. */
export function advancePolicyOf(state: Pick<DeploymentState, "strategy">): AdvancePolicy {
  return { forgiven: rolloutOf(state.strategy).forgiven(state) };
}

/** The keys of the effects whose reports bear on what a deployment does next: what an observation has to hold. */
export function watchedEffects(state: DeploymentState): readonly string[] {
  return rolloutOf(state.strategy).watchedEffects(state);
}
