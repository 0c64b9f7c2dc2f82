import type { DescribeTasksRequest, DescribeTasksResponse } from "@aws-sdk/client-ecs";
import { taskArn } from "@sluice/model/ecs-arn.ts";
import { findTasks } from "../../../store/ecs/tasks.ts";
import { requireFew } from "../checks/described-count.ts";
import { requireCluster } from "../checks/found.ts";
import { readIncluded } from "../checks/included.ts";
import type { EcsOperation } from "../ecs-context.ts";
import { missing } from "../views/missing.ts";
import { taskIdOf } from "./task-id.ts";
import { taskViews } from "./task-views.ts";

/** As ECS. */
export const MAX_DESCRIBED_TASKS = 100;

/** Also those that stopped not long ago. */
export const describeTasks: EcsOperation<DescribeTasksRequest, DescribeTasksResponse> = async (
  { cluster, tasks, include },
  context,
) => {
  // Tasks have no tags: to ask for them is no mistake.
  readIncluded(include, ["TAGS"]);
  const { db } = context.store;
  const { cluster_name: clusterName } = await requireCluster(db, cluster, context);
  const asked = requireFew(tasks, "tasks", MAX_DESCRIBED_TASKS).map((text) => ({
    text,
    id: taskIdOf(text, clusterName, context),
  }));
  const rows = (
    await findTasks(
      db,
      asked.flatMap(({ id }) => id ?? []),
    )
  ).filter((row) => row.cluster_name === clusterName);
  const isMissing = ({ id }: (typeof asked)[number]) => !rows.some((row) => row.task_id === id);
  return {
    tasks: await taskViews(rows, context),
    failures: asked
      .filter(isMissing)
      .map(({ text }) => missing(text.startsWith("arn:") ? text : taskArn(context, clusterName, text))),
  };
};
