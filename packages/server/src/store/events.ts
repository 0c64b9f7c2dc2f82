import type { DeploymentEvent } from "@sluice/engine/event.ts";
import { sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";

/** One entry of the stream. `eventId` orders all deployments' events, `sequence` one deployment's: 1, 2, 3 … without a gap. */
export interface RecordedEvent {
  readonly eventId: number;
  readonly deploymentId: string;
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Rows of one insert statement. */
const INSERT_ROWS = 500;
/** Any number that no other lock uses: on PostgreSQL it makes event ids visible in the order in which they were drawn. */
const EVENT_ORDER_LOCK = 7203103;

/** Appends to the stream. The deployment has to be locked; returns its new last sequence. */
export async function appendEvents(
  { db, dialect }: WriteTransaction,
  deploymentId: string,
  lastSequence: number,
  events: readonly DeploymentEvent[],
  at: number,
): Promise<number> {
  if (events.length === 0) return lastSequence;
  if (dialect === "postgres") await sql`SELECT pg_advisory_xact_lock(${EVENT_ORDER_LOCK})`.execute(db);
  const rows = events.map((event, index) => ({
    deployment_id: deploymentId,
    sequence: lastSequence + index + 1,
    at,
    type: event.type,
    body_json: JSON.stringify(bodyOf(event)),
  }));
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    await db
      .insertInto("events")
      .values(rows.slice(start, start + INSERT_ROWS))
      .execute();
  }
  return lastSequence + events.length;
}

export interface EventSelection {
  readonly afterEventId: number;
  readonly deploymentId?: string | undefined;
  readonly limit: number;
}

export async function readEvents({ db }: Pick<Store, "db">, selection: EventSelection): Promise<RecordedEvent[]> {
  let query = db.selectFrom("events").selectAll().where("event_id", ">", selection.afterEventId);
  if (selection.deploymentId) query = query.where("deployment_id", "=", selection.deploymentId);
  const rows = await query.orderBy("event_id").limit(selection.limit).execute();
  return rows.map((row) => ({
    eventId: row.event_id,
    deploymentId: row.deployment_id,
    sequence: row.sequence,
    at: row.at,
    type: row.type,
    body: JSON.parse(row.body_json),
  }));
}

export async function newestEventId({ db }: Pick<Store, "db">): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select((expression) => expression.fn.max("event_id").as("newest"))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

/** The stream names targets; what they were before the deployment is the planner's business. */
function bodyOf(event: DeploymentEvent): Record<string, unknown> {
  const { type: _, ...body } = event;
  if (event.type !== "deploymentStarted") return body;
  return {
    minimumHealthyHosts: event.minimumHealthyHosts,
    targets: event.targets.map(({ targetId, hostName }) => ({ targetId, hostName })),
  };
}
