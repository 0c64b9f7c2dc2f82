import { type EcsRule, serviceOf } from "../../ecs/watched-services.ts";
import { isForward } from "../../shift/watched-shifts.ts";

export const SERVICE_TRUTH: EcsRule = {
  name: "what is said of a service is so",
  watch: ({ taskSetOf, primaryOf, servedBefore, testPercentOf }, violated) => ({
    targetsFound(watched) {
      const target = serviceOf(watched);
      const served = servedBefore(watched);
      if (!target || !isForward(watched) || target.originalTaskSetId === served) return;
      violated(watched.id, `takes ${target.originalTaskSetId} for the original, and ${served} served`);
    },
    targetChanged(watched, { target, before }) {
      // Its rollback may have begun in the moment of its end.
      if (target.type !== "ecs-service" || !isForward(watched) || watched.row.active !== 1) return;
      for (const [place, { name, status }] of target.lifecycleEvents.entries()) {
        if (status !== "Succeeded" || before?.lifecycleEvents[place]?.status === "Succeeded") continue;
        const taskSet = taskSetOf(watched.row.deployment_group_id, target.replacementTaskSetId ?? "");
        if (name === "Install" && (taskSet?.lastSteadyAt ?? Number.NEGATIVE_INFINITY) === Number.NEGATIVE_INFINITY) {
          violated(watched.id, `has installed ${target.replacementTaskSetId}, which was never steady`);
        }
        const percent = testPercentOf(watched);
        if (name === "AllowTestTraffic" && percent !== null && percent !== 100) {
          violated(watched.id, `has moved the test traffic, of which the replacement gets ${percent} %`);
        }
        if (name === "AllowTraffic" && !taskSet?.isPrimary) {
          violated(watched.id, `has moved the traffic, and ${target.replacementTaskSetId} is not the primary`);
        }
      }
    },
    deploymentEnded(watched) {
      const target = serviceOf(watched);
      if (!target || watched.row.status !== "Succeeded") return;
      const primary = primaryOf(watched.row.deployment_group_id)?.taskSetId;
      const expected = isForward(watched) ? target.replacementTaskSetId : target.originalTaskSetId;
      if (primary !== expected) violated(watched.id, `succeeded, and ${primary} is the primary, not ${expected}`);
    },
  }),
};
