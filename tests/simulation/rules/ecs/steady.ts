import { type EcsRule, serviceOf } from "../../ecs/watched-services.ts";
import { MAX_SLOW_MILLISECONDS } from "../../shift/faulty-port.ts";
import { isForward } from "../../shift/watched-shifts.ts";

/** From the look that finds a task set steady until the weights are in force: the look's answer, and the call. */
const LOOKED_BEFORE_MILLISECONDS = 2 * MAX_SLOW_MILLISECONDS;

export const STEADY: EcsRule = {
  name: "no task set gets traffic that is not steady",
  watch: ({ deployments, now, taskSetOf, newPercentOf, tickMilliseconds }, violated) => {
    const before = new Map<string, number>();
    return {
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        const target = watched && serviceOf(watched);
        if (!watched || !target?.replacementTaskSetId || !isForward(watched)) return;
        const percent = newPercentOf(watched) ?? 0;
        const isMore = percent > (before.get(watched.id) ?? 0);
        before.set(watched.id, percent);
        const taskSet = taskSetOf(groupId, target.replacementTaskSetId);
        const unsteady = now() - (taskSet?.lastSteadyAt ?? Number.NEGATIVE_INFINITY);
        if (!isMore || unsteady <= LOOKED_BEFORE_MILLISECONDS + 4 * tickMilliseconds) return;
        violated(
          watched.id,
          `gives ${target.replacementTaskSetId} ${percent} %, which has not been steady for ${unsteady} ms`,
        );
      },
    };
  },
};
