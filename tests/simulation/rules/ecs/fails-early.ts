import { type EcsRule, serviceOf } from "../../ecs/watched-services.ts";
import { isForward } from "../../shift/watched-shifts.ts";

/** Tasks that stopped, after which more would. */
const TASKS = 3;
/** To look again, to be answered at last, and to decide. */
const LATE_MILLISECONDS = 30_000;

export const FAILS_EARLY: EcsRule = {
  name: "a deployment whose tasks keep stopping fails early, and no other does",
  watch: ({ taskSetOf, now, server, lastOutsideFaultAt }, violated) => ({
    timePassed(watched) {
      const { head, row, id } = watched;
      const up = server();
      const target = serviceOf(watched);
      if (!up || up.isDead || head.halt !== null || !isForward(watched) || !target?.replacementTaskSetId) return;
      const { strategy } = head;
      const isAsked = strategy.type === "ecs-blue-green" && strategy.failsEarly;
      if (!isAsked || target.command?.event !== "Install") return;
      const taskSet = taskSetOf(row.deployment_group_id, target.replacementTaskSetId);
      if (taskSet?.loopsSince == null) return;
      const age = now() - Math.max(taskSet.loopsSince, target.command.availableAt, up.upSince, lastOutsideFaultAt());
      if (age > LATE_MILLISECONDS) violated(id, `waits for tasks that keep stopping for ${age} ms`);
    },
    deploymentEnded(watched) {
      const { row, id } = watched;
      const target = serviceOf(watched);
      if (!target?.replacementTaskSetId || !/stopped though they were wanted/.test(row.error_message ?? "")) return;
      if (row.error_code !== "ECS_UPDATE_ERROR") return;
      const taskSet = taskSetOf(row.deployment_group_id, target.replacementTaskSetId);
      // Its rollback may have removed it already.
      if (taskSet && taskSet.failedTasks < TASKS) {
        violated(id, `fails early, and ${taskSet.failedTasks} of its tasks had stopped`);
      }
    },
  }),
};
