import type { UpdateServiceRequest, UpdateServiceResponse } from "@aws-sdk/client-ecs";
import { SERVICE_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { changeService, type ServiceRow } from "../../../store/ecs/services.ts";
import { changeTaskSet, taskSetsOfServices } from "../../../store/ecs/task-sets.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { requireActiveService } from "../checks/found.ts";
import { requireSupported } from "../checks/member-rules.ts";
import { UPDATE_SERVICE_RULES } from "../checks/service-members.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { serviceViews } from "../views/service-view.ts";
import { readDesiredCount, readGracePeriod } from "./service-count.ts";

/** What may be changed under CODE_DEPLOY: how many tasks there are, and how long health checks are forgiven. */
export const updateService: EcsOperation<UpdateServiceRequest, UpdateServiceResponse> = async (input, context) => {
  requireSupported(input, UPDATE_SERVICE_RULES);
  const { cluster, service, desiredCount, healthCheckGracePeriodSeconds } = input;
  const row = await changeServices(context, async (transaction) => {
    const before = await requireActiveService(transaction, { cluster, service }, context);
    const definition = SERVICE_DEFINITION.read(before);
    const change = {
      desired_count: desiredCount === undefined ? before.desired_count : readDesiredCount(desiredCount),
      definition_json: SERVICE_DEFINITION.write({
        ...definition,
        healthCheckGracePeriodSeconds:
          readGracePeriod(healthCheckGracePeriodSeconds) ?? definition.healthCheckGracePeriodSeconds,
      }),
    };
    await changeService(transaction.db, before.service_id, change);
    if (change.desired_count !== before.desired_count) await unsettleTaskSets(transaction, before, context.now());
    return { ...before, ...change };
  });
  const [view] = await serviceViews(context.store.db, [row], context, true);
  return { service: view };
};

/** None is steady until it has as many tasks as are wanted now: whoever waits for that must not be told otherwise meanwhile. */
async function unsettleTaskSets({ db }: WriteTransaction, service: ServiceRow, now: number): Promise<void> {
  for (const { task_set_id, stability } of await taskSetsOfServices(db, [service.service_id])) {
    if (stability !== "STEADY_STATE") continue;
    await changeTaskSet(db, task_set_id, { stability: "STABILIZING", stability_at: now, updated_at: now });
  }
}
