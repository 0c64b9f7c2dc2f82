import type { Kysely } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";

/** How long ListTasks and DescribeTasks show a task that has stopped, and its containers stay with their logs. */
export const STOPPED_TASK_KEPT_MILLISECONDS = 60 * 60 * 1000;
/** How long DescribeServices shows a service that was deleted. */
export const INACTIVE_SERVICE_KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Tasks that stopped long enough ago to be forgotten: when their containers are gone, `forgetTasks` removes them. */
export async function expiredTaskIds(db: Kysely<Database>, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("ecs_tasks")
    .select("task_id")
    .where("stopped_at", "<=", now - STOPPED_TASK_KEPT_MILLISECONDS)
    .orderBy("stopped_at")
    .limit(limit)
    .execute();
  return rows.map((row) => row.task_id);
}

export async function forgetTasks(db: Kysely<Database>, taskIds: readonly string[]): Promise<void> {
  for (const part of inListParts(taskIds)) {
    await db.deleteFrom("ecs_tasks").where("task_id", "in", part).execute();
  }
}

/** Services that have been INACTIVE for long, with their events. One of which a task is still listed stays. */
export async function forgetInactiveServices(db: Kysely<Database>, now: number): Promise<void> {
  const rows = await db
    .selectFrom("ecs_services")
    .select("service_id")
    .where("status", "=", "INACTIVE")
    .where("inactive_at", "<=", now - INACTIVE_SERVICE_KEPT_MILLISECONDS)
    .where("service_id", "not in", db.selectFrom("ecs_tasks").select("service_id"))
    .execute();
  const serviceIds = rows.map((row) => row.service_id);
  for (const part of inListParts(serviceIds)) {
    await db.deleteFrom("ecs_service_events").where("service_id", "in", part).execute();
    await db.deleteFrom("ecs_services").where("service_id", "in", part).execute();
  }
}
