import type { Kysely, Selectable } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { EcsTasksTable } from "./ecs-tables.ts";

export type TaskRow = Selectable<EcsTasksTable>;

export async function findTasks(db: Kysely<Database>, taskIds: readonly string[]): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  for (const part of inListParts(taskIds)) {
    rows.push(...(await db.selectFrom("ecs_tasks").selectAll().where("task_id", "in", part).execute()));
  }
  return rows;
}

/** With those that have stopped, in the order in which they were made. */
export async function tasksOfServices(db: Kysely<Database>, serviceIds: readonly string[]): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  for (const part of inListParts(serviceIds)) {
    rows.push(
      ...(await db
        .selectFrom("ecs_tasks")
        .selectAll()
        .where("service_id", "in", part)
        .orderBy("created_at")
        .orderBy("task_id")
        .execute()),
    );
  }
  return rows;
}

export interface TaskListing {
  readonly clusterName: string;
  readonly desiredStatus: TaskRow["desired_status"];
  /** Absent: of any service. */
  readonly serviceIds?: readonly string[] | undefined;
  /** Of a task set. */
  readonly taskSetId?: string | undefined;
  /** What the task definition's ARN begins with. */
  readonly definitionPrefix?: string | undefined;
  readonly after: string;
  readonly limit: number;
}

/** In the order of their ids, from the first that comes after `after`. */
export async function listTaskIds(
  db: Kysely<Database>,
  { clusterName, desiredStatus, serviceIds, taskSetId, definitionPrefix, after, limit }: TaskListing,
): Promise<string[]> {
  let query = db
    .selectFrom("ecs_tasks")
    .select("task_id")
    .where("cluster_name", "=", clusterName)
    .where("desired_status", "=", desiredStatus)
    .where("task_id", ">", after);
  if (serviceIds?.length === 0) return [];
  if (serviceIds !== undefined) query = query.where("service_id", "in", serviceIds);
  if (taskSetId !== undefined) query = query.where("task_set_id", "=", taskSetId);
  if (definitionPrefix !== undefined) {
    const { length } = definitionPrefix;
    // Not LIKE: a family may hold `_`.
    query = query.where((expression) =>
      expression(
        expression.fn<string>("substr", ["task_definition_arn", expression.val(1), expression.val(length)]),
        "=",
        definitionPrefix,
      ),
    );
  }
  const rows = await query.orderBy("task_id").limit(limit).execute();
  return rows.map((row) => row.task_id);
}

/** Of those that are wanted: one that drains or stops is none of them. */
export interface TaskCounts {
  /** Not RUNNING yet. */
  readonly pending: number;
  readonly running: number;
}

const NO_TASKS: TaskCounts = { pending: 0, running: 0 };

/** By task set; one without tasks has `NO_TASKS`. */
export async function countTasks(
  db: Kysely<Database>,
  serviceIds: readonly string[],
): Promise<(taskSetId: string) => TaskCounts> {
  const counts = new Map<string, TaskCounts>();
  for (const part of inListParts(serviceIds)) {
    const rows = await db
      .selectFrom("ecs_tasks")
      .select(["task_set_id", "last_status"])
      .select((expression) => expression.fn.countAll().as("count"))
      .where("service_id", "in", part)
      .where("desired_status", "=", "RUNNING")
      .groupBy(["task_set_id", "last_status"])
      .execute();
    for (const row of rows) {
      const { pending, running } = counts.get(row.task_set_id) ?? NO_TASKS;
      const count = Number(row.count);
      counts.set(row.task_set_id, {
        pending: pending + (row.last_status === "RUNNING" ? 0 : count),
        running: running + (row.last_status === "RUNNING" ? count : 0),
      });
    }
  }
  return (taskSetId) => counts.get(taskSetId) ?? NO_TASKS;
}

export async function insertTasks(db: Kysely<Database>, rows: readonly TaskRow[]): Promise<void> {
  // One by one: a row has many columns, and a statement's parameters are limited.
  for (const row of rows) await db.insertInto("ecs_tasks").values(row).execute();
}

export type TaskChange = Partial<
  Omit<TaskRow, "task_id" | "cluster_name" | "service_id" | "task_set_id" | "task_definition_arn" | "created_at">
>;

export async function changeTask(db: Kysely<Database>, taskId: string, change: TaskChange): Promise<void> {
  await db.updateTable("ecs_tasks").set(change).where("task_id", "=", taskId).execute();
}
