import { boundPort } from "../platforms/shift-ports.ts";
import type { EffectHandler } from "./effect-handler.ts";
import { type PlatformParts, platformHandler } from "./platform-handler.ts";
import { steadiness } from "./task-set-steadiness.ts";

/** Splits a production listener's traffic. A task set that is not steady gets no more of it than it has. */
export function setWeightsHandler(parts: PlatformParts): EffectHandler<"setWeights"> {
  return platformHandler(parts, async ({ effect: { pair, weights, gaining } }, signal) => {
    const split = () => boundPort(parts.ports, "weightedRouter").splitProduction(pair, weights, signal);
    if (!gaining) return split();
    const state = await steadiness(boundPort(parts.ports, "taskSets"), gaining.service, gaining.taskSetId, signal);
    // The load balancer has not been asked: it is not to blame.
    if (state.outcome !== "done") return { code: "ECS_UPDATE_ERROR", ...state };
    const { runsNothing } = state;
    return { ...(await split()), ...(runsNothing ? { runsNothing } : {}) };
  });
}
