import type { Kysely } from "kysely";
import type { Database } from "../store/schema.ts";

/** Services that have anything to be done for them: those that are not INACTIVE, and those of which a task is listed yet. */
export async function servicesToLookAfter(db: Kysely<Database>): Promise<readonly string[]> {
  const living = await db.selectFrom("ecs_services").select("service_id").where("status", "!=", "INACTIVE").execute();
  const withTasks = await db.selectFrom("ecs_tasks").select("service_id").distinct().execute();
  return [...new Set([...living, ...withTasks].map((row) => row.service_id))];
}
