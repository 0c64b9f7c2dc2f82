import type { Kysely, Selectable } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { EcsTaskSetsTable } from "./ecs-tables.ts";

export type TaskSetRow = Selectable<EcsTaskSetsTable>;

/** In the order in which they were made. */
export async function taskSetsOfServices(db: Kysely<Database>, serviceIds: readonly string[]): Promise<TaskSetRow[]> {
  const rows: TaskSetRow[] = [];
  for (const part of inListParts(serviceIds)) {
    rows.push(
      ...(await db
        .selectFrom("ecs_task_sets")
        .selectAll()
        .where("service_id", "in", part)
        .orderBy("created_at")
        .orderBy("task_set_id")
        .execute()),
    );
  }
  return rows;
}

export async function findTaskSet(db: Kysely<Database>, taskSetId: string): Promise<TaskSetRow | undefined> {
  return db.selectFrom("ecs_task_sets").selectAll().where("task_set_id", "=", taskSetId).executeTakeFirst();
}

/** Fails with a unique violation when the service has one with this external id. */
export async function insertTaskSet(db: Kysely<Database>, row: TaskSetRow): Promise<void> {
  await db.insertInto("ecs_task_sets").values(row).execute();
}

export async function changeTaskSet(
  db: Kysely<Database>,
  taskSetId: string,
  change: Partial<
    Pick<
      TaskSetRow,
      "status" | "scale_percent" | "updated_at" | "stability" | "stability_at" | "failed_tasks" | "definition_json"
    >
  >,
): Promise<void> {
  await db.updateTable("ecs_task_sets").set(change).where("task_set_id", "=", taskSetId).execute();
}

export async function removeTaskSetRow(db: Kysely<Database>, taskSetId: string): Promise<void> {
  await db.deleteFrom("ecs_task_sets").where("task_set_id", "=", taskSetId).execute();
}
