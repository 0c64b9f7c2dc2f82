import type { UpdateServicePrimaryTaskSetRequest, UpdateServicePrimaryTaskSetResponse } from "@aws-sdk/client-ecs";
import { makeTaskSetPrimary } from "../../../services/change-task-sets.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { changedTaskSet, taskSetIdOf } from "./changed-task-set.ts";

export const updateServicePrimaryTaskSet: EcsOperation<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse
> = async ({ cluster, service, primaryTaskSet }, context) => {
  const taskSetId = taskSetIdOf(primaryTaskSet, "primaryTaskSet", context);
  return {
    taskSet: await changedTaskSet({ cluster, service }, context, (transaction, row) =>
      makeTaskSetPrimary(transaction, row, taskSetId, context.now()),
    ),
  };
};
