import type { Kysely } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";

/** How long ListTasks and DescribeTasks show a task that has stopped, and its containers stay with their logs. */
export const STOPPED_TASK_KEPT_MILLISECONDS = 60 * 60 * 1000;
/** How long DescribeServices shows a service that was deleted. */
export const INACTIVE_SERVICE_KEPT_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Of tasks that have expired and whose containers are gone. */
export async function forgetTasks(db: Kysely<Database>, taskIds: readonly string[]): Promise<void> {
  for (const part of inListParts(taskIds)) {
    await db.deleteFrom("ecs_tasks").where("task_id", "in", part).execute();
  }
}

/** Services that one transaction removes: each has up to a hundred events. */
const STEP_SERVICES = 10;

/**
 * Services that have been INACTIVE for long, with their task sets and events. One of which a task is still listed stays. Returns how many
 * went, {@link STEP_SERVICES} at most.
 */
export async function forgetInactiveServices(db: Kysely<Database>, now: number): Promise<number> {
  const rows = await db
    .selectFrom("ecs_services")
    .select("service_id")
    .where("status", "=", "INACTIVE")
    .where("inactive_at", "<=", now - INACTIVE_SERVICE_KEPT_MILLISECONDS)
    .where("service_id", "not in", db.selectFrom("ecs_tasks").select("service_id"))
    .orderBy("inactive_at")
    .limit(STEP_SERVICES)
    .execute();
  const serviceIds = rows.map((row) => row.service_id);
  if (serviceIds.length === 0) return 0;
  await db.deleteFrom("ecs_service_events").where("service_id", "in", serviceIds).execute();
  await db.deleteFrom("ecs_task_sets").where("service_id", "in", serviceIds).execute();
  await db.deleteFrom("ecs_services").where("service_id", "in", serviceIds).execute();
  return serviceIds.length;
}
