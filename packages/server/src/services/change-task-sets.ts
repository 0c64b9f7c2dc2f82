import { type ServiceLoadBalancer, TASK_SET_DEFINITION, type TaskSetDefinition } from "../store/columns/ecs-columns.ts";
import type { ServiceRow } from "../store/ecs/services.ts";
import { changeTaskSet, insertTaskSet, type TaskSetRow, taskSetsOfServices } from "../store/ecs/task-sets.ts";
import type { WriteTransaction } from "../store/group-commit.ts";

/** As many as ECS lets a service have at once. */
export const MAX_TASK_SETS = 5;

/** What CreateTaskSet, CreateService and a deployment ask for. */
export interface NewTaskSet {
  /** Of the task set, if it is made: `ecs-svc/` and 19 digits. */
  readonly taskSetId: string;
  /** The deployment that it is for; null: none. */
  readonly externalId: string | null;
  readonly status: "PRIMARY" | "ACTIVE";
  readonly taskDefinitionArn: string;
  /** Where its tasks register; null: nowhere. */
  readonly loadBalancer: ServiceLoadBalancer | null;
  readonly scalePercent: number;
  readonly definition: TaskSetDefinition;
}

/** `reason` is a sentence without a full stop. */
export type TaskSetChange =
  | { readonly outcome: "done"; readonly taskSet: TaskSetRow }
  | { readonly outcome: "missing" }
  | { readonly outcome: "refused"; readonly reason: string };

/** One task set for each external id: asking again gives the one that is there. Whoever calls these holds the service (`lockService`). */
export async function createTaskSet(
  { db }: Pick<WriteTransaction, "db">,
  service: ServiceRow,
  wish: NewTaskSet,
  now: number,
): Promise<TaskSetChange> {
  if (service.status !== "ACTIVE") return refused(`the service ${service.service_name} is ${service.status}`);
  const taskSets = await taskSetsOfServices(db, [service.service_id]);
  const same = taskSets.find(({ external_id }) => external_id !== null && external_id === wish.externalId);
  if (same?.status === "DRAINING")
    return refused(`the task set ${same.task_set_id} of ${wish.externalId} is being deleted`);
  if (same) return { outcome: "done", taskSet: same };
  if (taskSets.length >= MAX_TASK_SETS) {
    return refused(`the service ${service.service_name} has ${taskSets.length} task sets, the most that it may have`);
  }
  const { loadBalancer } = wish;
  const taskSet: TaskSetRow = {
    task_set_id: wish.taskSetId,
    service_id: service.service_id,
    external_id: wish.externalId,
    status: wish.status,
    task_definition_arn: wish.taskDefinitionArn,
    target_group_arn: loadBalancer?.targetGroupArn ?? null,
    container_name: loadBalancer?.containerName ?? null,
    container_port: loadBalancer?.containerPort ?? null,
    scale_percent: wish.scalePercent,
    created_at: now,
    updated_at: now,
    stability: "STABILIZING",
    stability_at: now,
    failed_tasks: 0,
    definition_json: TASK_SET_DEFINITION.write(wish.definition),
  };
  await insertTaskSet(db, taskSet);
  return { outcome: "done", taskSet };
}

/** The service's task set that was PRIMARY becomes ACTIVE, in the same transaction. */
export async function makeTaskSetPrimary(
  { db }: Pick<WriteTransaction, "db">,
  service: ServiceRow,
  taskSetId: string,
  now: number,
): Promise<TaskSetChange> {
  const taskSets = await taskSetsOfServices(db, [service.service_id]);
  const taskSet = taskSets.find((one) => one.task_set_id === taskSetId);
  if (!taskSet) return { outcome: "missing" };
  if (taskSet.status === "DRAINING") return refused(`the task set ${taskSetId} is being deleted`);
  if (taskSet.status === "PRIMARY") return { outcome: "done", taskSet };
  for (const before of taskSets.filter(({ status }) => status === "PRIMARY")) {
    await changeTaskSet(db, before.task_set_id, { status: "ACTIVE", updated_at: now });
  }
  const change = { status: "PRIMARY", updated_at: now } as const;
  await changeTaskSet(db, taskSetId, change);
  return { outcome: "done", taskSet: { ...taskSet, ...change } };
}

/** Its tasks drain and stop, and then it is gone. The primary stays. */
export async function drainTaskSet(
  { db }: Pick<WriteTransaction, "db">,
  service: ServiceRow,
  taskSetId: string,
  now: number,
): Promise<TaskSetChange> {
  const taskSet = (await taskSetsOfServices(db, [service.service_id])).find((one) => one.task_set_id === taskSetId);
  if (!taskSet) return { outcome: "missing" };
  if (taskSet.status === "PRIMARY")
    return refused(`the task set ${taskSetId} is the primary of ${service.service_name}`);
  if (taskSet.status === "DRAINING") return { outcome: "done", taskSet };
  const change = { status: "DRAINING", scale_percent: 0, updated_at: now } as const;
  await changeTaskSet(db, taskSetId, change);
  return { outcome: "done", taskSet: { ...taskSet, ...change } };
}

/** How many percent of the service's desired count it has. */
export async function scaleTaskSet(
  { db }: Pick<WriteTransaction, "db">,
  service: ServiceRow,
  { taskSetId, scalePercent }: { readonly taskSetId: string; readonly scalePercent: number },
  now: number,
): Promise<TaskSetChange> {
  const taskSet = (await taskSetsOfServices(db, [service.service_id])).find((one) => one.task_set_id === taskSetId);
  if (!taskSet) return { outcome: "missing" };
  if (taskSet.status === "DRAINING") return refused(`the task set ${taskSetId} is being deleted`);
  if (taskSet.scale_percent === scalePercent) return { outcome: "done", taskSet };
  const change = { scale_percent: scalePercent, updated_at: now, stability: "STABILIZING", stability_at: now } as const;
  await changeTaskSet(db, taskSetId, change);
  return { outcome: "done", taskSet: { ...taskSet, ...change } };
}

function refused(reason: string): TaskSetChange {
  return { outcome: "refused", reason };
}
