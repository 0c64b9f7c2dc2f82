import type { Wait } from "@sluice/engine/state.ts";
import { type EcsRule, serviceOf } from "../../ecs/watched-services.ts";
import { isForward } from "../../shift/watched-shifts.ts";

export const ORIGINAL_KEPT: EcsRule = {
  name: "the original is removed only after its wait, and nothing is that serves",
  watch: ({ deployments, now, taskSetOf, newPercentOf }, violated) => {
    const continued = new Set<string>();
    /** When all traffic had moved. */
    const whole = new Map<string, number>();
    return {
      eventWritten({ id }, { type, body }) {
        if (type === "continueRequested" && (body as { readonly wait: Wait["kind"] }).wait === "termination") {
          continued.add(id);
        }
      },
      trafficMoved(groupId) {
        const watched = deployments.asOfNow(groupId);
        if (watched && newPercentOf(watched) === 100) whole.set(watched.id, now());
      },
      removalAsked(groupId, taskSetId) {
        const watched = deployments.asOfNow(groupId);
        const taskSet = taskSetOf(groupId, taskSetId);
        const target = watched && serviceOf(watched);
        if (!watched || !target) return violated(watched?.id ?? null, `removes ${taskSetId}, and nothing had begun`);
        if (taskSet && taskSet.percent > 0)
          violated(watched.id, `removes ${taskSetId}, which gets ${taskSet.percent} %`);
        if (!isForward(watched)) {
          if (taskSetId === target.originalTaskSetId)
            violated(watched.id, "goes back, and removes what it goes back to");
          return;
        }
        const { strategy } = watched.head;
        if (strategy.type !== "ecs-blue-green") return;
        if (taskSetId !== target.originalTaskSetId)
          return violated(watched.id, `removes ${taskSetId}, which is not the original`);
        const wait = strategy.terminationWaitMilliseconds;
        const waited = now() - (whole.get(watched.id) ?? Number.POSITIVE_INFINITY);
        if (wait === null) violated(watched.id, "removes the original, which is to be kept");
        // Whoever continues it asks first, and is written down later.
        else if (waited < wait && !continued.has(watched.id) && watched.head.continued !== "termination") {
          violated(watched.id, `removes the original ${waited} ms after its traffic had moved, not ${wait} ms`);
        }
      },
    };
  },
};
