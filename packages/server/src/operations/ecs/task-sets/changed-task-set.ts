import type { TaskSet } from "@aws-sdk/client-ecs";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { namedResource } from "@sluice/model/ecs-arn.ts";
import type { TaskSetChange } from "../../../services/change-task-sets.ts";
import type { ServiceRow } from "../../../store/ecs/services.ts";
import type { TaskSetRow } from "../../../store/ecs/task-sets.ts";
import { countTasks } from "../../../store/ecs/tasks.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { requireActiveService } from "../checks/found.ts";
import { invalid } from "../checks/member-rules.ts";
import { changeServices, type EcsContext } from "../ecs-context.ts";
import { taskSetView } from "../views/task-set-view.ts";

export interface TaskSetAsked {
  readonly cluster: string | undefined;
  readonly service: string | undefined;
}

/** Changes a task set of a service that is ACTIVE, and shows it as it is then. */
export async function changedTaskSet(
  asked: TaskSetAsked,
  context: EcsContext,
  change: (transaction: WriteTransaction, service: ServiceRow) => Promise<TaskSetChange>,
): Promise<TaskSet> {
  const { service, taskSet } = await changeServices(context, async (transaction) => {
    const service = await requireActiveService(transaction, asked, context);
    return { service, taskSet: requireDone(await change(transaction, service)) };
  });
  const countsOf = await countTasks(context.store.db, [service.service_id]);
  return taskSetView({ service, taskSet, counts: countsOf(taskSet.task_set_id) }, context, true);
}

function requireDone(change: TaskSetChange): TaskSetRow {
  switch (change.outcome) {
    case "done":
      return change.taskSet;
    case "missing":
      throw new CallerFault("TaskSetNotFoundException", "The specified task set wasn't found.");
    case "refused":
      throw invalid(`${change.reason.slice(0, 1).toUpperCase()}${change.reason.slice(1)}.`);
    default:
      return change satisfies never;
  }
}

/** Of an id or an ARN. What can be none of ours stays as it is, and is not found. */
export function taskSetIdOf(text: string | undefined, member: string, context: EcsContext): string {
  if (!text) throw invalid(`${member} must be specified: give its id or ARN.`);
  const named = namedResource(text, "task-set", context);
  return typeof named === "object" ? named.taskSetId : (named ?? text);
}
