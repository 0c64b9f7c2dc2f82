import type { DeleteServiceRequest, DeleteServiceResponse } from "@aws-sdk/client-ecs";
import { changeService } from "../../../store/ecs/services.ts";
import { changeTaskSet, taskSetsOfServices } from "../../../store/ecs/task-sets.ts";
import { requireActiveService } from "../checks/found.ts";
import { invalid } from "../checks/member-rules.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { serviceViews } from "../views/service-view.ts";

/** It is DRAINING until its tasks have stopped, and then INACTIVE. */
export const deleteService: EcsOperation<DeleteServiceRequest, DeleteServiceResponse> = async (
  { cluster, service, force = false },
  context,
) => {
  const row = await changeServices(context, async (transaction) => {
    const { db } = transaction;
    const before = await requireActiveService(transaction, { cluster, service }, context);
    if (before.desired_count > 0 && !force) {
      throw invalid(
        "The service cannot be stopped while it is scaled above 0. Scale it to 0 first (aws ecs update-service --desired-count 0), or give --force.",
      );
    }
    for (const { task_set_id } of await taskSetsOfServices(db, [before.service_id])) {
      await changeTaskSet(db, task_set_id, { status: "DRAINING", scale_percent: 0, updated_at: context.now() });
    }
    const change = { status: "DRAINING", desired_count: 0 } as const;
    await changeService(db, before.service_id, change);
    return { ...before, ...change };
  });
  const [view] = await serviceViews(context.store.db, [row], context);
  return { service: view };
};
