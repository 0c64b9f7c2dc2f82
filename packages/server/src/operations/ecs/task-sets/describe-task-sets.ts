import type { DescribeTaskSetsRequest, DescribeTaskSetsResponse } from "@aws-sdk/client-ecs";
import { taskSetArn } from "@sluice/model/ecs-arn.ts";
import { taskSetsOfServices } from "../../../store/ecs/task-sets.ts";
import { countTasks } from "../../../store/ecs/tasks.ts";
import { requireService } from "../checks/found.ts";
import { readIncluded } from "../checks/included.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { missing } from "../views/missing.ts";
import { taskSetView } from "../views/task-set-view.ts";
import { taskSetIdOf } from "./changed-task-set.ts";

/** Without `taskSets`: all of the service. */
export const describeTaskSets: EcsOperation<DescribeTaskSetsRequest, DescribeTaskSetsResponse> = async (
  { cluster, service, taskSets, include },
  context,
) => {
  const included = readIncluded(include, ["TAGS"]);
  const { db } = context.store;
  const row = await requireService(db, { cluster, service }, context);
  const all = await taskSetsOfServices(db, [row.service_id]);
  const countsOf = await countTasks(db, [row.service_id]);
  const asked = taskSets?.map((text) => taskSetIdOf(text, "taskSets", context));
  const shown = asked ? all.filter(({ task_set_id }) => asked.includes(task_set_id)) : all;
  const unknown = (asked ?? []).filter((id) => !all.some(({ task_set_id }) => task_set_id === id));
  const { cluster_name: clusterName, service_name: serviceName } = row;
  return {
    taskSets: shown.map((taskSet) =>
      taskSetView({ service: row, taskSet, counts: countsOf(taskSet.task_set_id) }, context, included.has("TAGS")),
    ),
    failures: unknown.map((id) =>
      missing(id.startsWith("arn:") ? id : taskSetArn(context, clusterName, { serviceName, taskSetId: id })),
    ),
  };
};
