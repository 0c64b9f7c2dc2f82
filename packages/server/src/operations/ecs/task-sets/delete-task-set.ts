import type { DeleteTaskSetRequest, DeleteTaskSetResponse } from "@aws-sdk/client-ecs";
import { drainTaskSet } from "../../../services/change-task-sets.ts";
import { findTaskSet } from "../../../store/ecs/task-sets.ts";
import { invalid } from "../checks/member-rules.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { changedTaskSet, taskSetIdOf } from "./changed-task-set.ts";

/** Without `force` it has to be scaled to 0. Its tasks drain and stop; the primary stays, whatever is given. */
export const deleteTaskSet: EcsOperation<DeleteTaskSetRequest, DeleteTaskSetResponse> = async (
  { cluster, service, taskSet, force = false },
  context,
) => {
  const taskSetId = taskSetIdOf(taskSet, "taskSet", context);
  return {
    taskSet: await changedTaskSet({ cluster, service }, context, async (transaction, row) => {
      const found = await findTaskSet(transaction.db, taskSetId);
      if (found?.service_id === row.service_id && found.scale_percent > 0 && !force) {
        throw invalid(
          "The task set cannot be deleted while it is scaled above 0. Scale it to 0 first (aws ecs update-task-set), or give --force.",
        );
      }
      return drainTaskSet(transaction, row, taskSetId, context.now());
    }),
  };
};
