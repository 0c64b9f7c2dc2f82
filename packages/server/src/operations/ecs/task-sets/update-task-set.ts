import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from "@aws-sdk/client-ecs";
import { scaleTaskSet } from "../../../services/change-task-sets.ts";
import { invalid } from "../checks/member-rules.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { changedTaskSet, taskSetIdOf } from "./changed-task-set.ts";
import { readScale } from "./scale-input.ts";

export const updateTaskSet: EcsOperation<UpdateTaskSetRequest, UpdateTaskSetResponse> = async (
  { cluster, service, taskSet, scale },
  context,
) => {
  if (!scale) throw invalid("scale must be specified: give value=0..100,unit=PERCENT.");
  const wish = { taskSetId: taskSetIdOf(taskSet, "taskSet", context), scalePercent: readScale(scale) };
  return {
    taskSet: await changedTaskSet({ cluster, service }, context, (transaction, row) =>
      scaleTaskSet(transaction, row, wish, context.now()),
    ),
  };
};
