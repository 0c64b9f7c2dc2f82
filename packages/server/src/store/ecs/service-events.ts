import type { Kysely, Selectable } from "kysely";
import { inListParts } from "../in-list.ts";
import type { Database } from "../schema.ts";
import type { EcsServiceEventsTable } from "./ecs-tables.ts";

/** As many as DescribeServices shows. */
export const MAX_SERVICE_EVENTS = 100;

export type ServiceEventRow = Selectable<EcsServiceEventsTable>;

/** To the events of a service, of which only the newest are kept. Whoever appends holds the service (`lockService`). */
export async function appendServiceEvent(
  db: Kysely<Database>,
  event: Omit<ServiceEventRow, "event_number">,
): Promise<void> {
  const newest = await db
    .selectFrom("ecs_service_events")
    .select((expression) => expression.fn.max("event_number").as("number"))
    .where("service_id", "=", event.service_id)
    .executeTakeFirst();
  const event_number = Number(newest?.number ?? 0) + 1;
  await db
    .insertInto("ecs_service_events")
    .values({ ...event, event_number })
    .execute();
  await db
    .deleteFrom("ecs_service_events")
    .where("service_id", "=", event.service_id)
    .where("event_number", "<=", event_number - MAX_SERVICE_EVENTS)
    .execute();
}

/** The newest first, of each service. */
export async function eventsOfServices(
  db: Kysely<Database>,
  serviceIds: readonly string[],
): Promise<ServiceEventRow[]> {
  const rows: ServiceEventRow[] = [];
  for (const part of inListParts(serviceIds)) {
    rows.push(
      ...(await db
        .selectFrom("ecs_service_events")
        .selectAll()
        .where("service_id", "in", part)
        .orderBy("service_id")
        .orderBy("event_number", "desc")
        .execute()),
    );
  }
  return rows;
}
