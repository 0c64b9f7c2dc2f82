import type { StopTaskRequest, StopTaskResponse } from "@aws-sdk/client-ecs";
import { excerpt } from "@sluice/model/excerpt.ts";
import { lockService } from "../../../store/ecs/services.ts";
import { changeTask, findTasks } from "../../../store/ecs/tasks.ts";
import { requireCluster } from "../checks/found.ts";
import { invalid } from "../checks/member-rules.ts";
import { changeServices, type EcsOperation } from "../ecs-context.ts";
import { taskIdOf } from "./task-id.ts";
import { taskViews } from "./task-views.ts";

/** As ECS: what a person may give as the reason. */
export const MAX_STOP_REASON_CHARACTERS = 1024;
const USUAL_REASON = "Task stopped by user";

/** It drains and stops, and its service starts another one. A task that stops already keeps its first reason. */
export const stopTask: EcsOperation<StopTaskRequest, StopTaskResponse> = async ({ cluster, task, reason }, context) => {
  if (!task) throw invalid("task must be specified: give its id or ARN.");
  if (reason !== undefined && reason.length > MAX_STOP_REASON_CHARACTERS) {
    throw invalid(`reason has ${reason.length} characters: at most ${MAX_STOP_REASON_CHARACTERS} are allowed.`);
  }
  const row = await changeServices(context, async (transaction) => {
    const { db } = transaction;
    const { cluster_name: clusterName } = await requireCluster(db, cluster, context);
    const id = taskIdOf(task, clusterName, context);
    const find = async () => (id === undefined ? [] : await findTasks(db, [id]))[0];
    const found = await find();
    if (found?.cluster_name !== clusterName) {
      throw invalid(`The referenced task was not found. (task is ${excerpt(task)}.)`);
    }
    // Whoever looks after the service writes its tasks while it holds the service: what is read now stays.
    await lockService(transaction, found.service_id);
    const before = (await find()) ?? found;
    if (before.desired_status === "STOPPED") return before;
    const change = {
      desired_status: "STOPPED",
      stop_code: "UserInitiated",
      stopped_reason: reason || USUAL_REASON,
    } as const;
    await changeTask(db, before.task_id, change);
    return { ...before, ...change };
  });
  const [view] = await taskViews([row], context);
  return { task: view };
};
