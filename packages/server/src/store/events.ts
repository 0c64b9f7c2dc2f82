import type { DeploymentEvent } from "@sluice/engine/event.ts";
import { targetName } from "@sluice/engine/target-name.ts";
import { type Selectable, sql } from "kysely";
import { compiledQuery } from "./compiled-query.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";
import type { EventsTable } from "./schema.ts";
import { readStoredEvent, storedTypesOf, storeEvent } from "./stored-event.ts";
import { usualExecutor } from "./usual-executor.ts";

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
    ...storeEvent({ type: event.type, body: bodyOf(event) }),
  }));
  const [first, second] = rows;
  if (first && rows.length <= 2) {
    // An agent's report makes one event or two: it ended this, and has that to do next.
    if (second) await insertTwo(db, { ...first, second: second.sequence, type2: second.type, body2: second.body_json });
    else await insertOne(db, first);
    return lastSequence + rows.length;
  }
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const part = rows.slice(start, start + INSERT_ROWS);
    if (dialect === "postgres") await insertMany(db, deploymentId, at, part);
    else await db.insertInto("events").values(part).execute();
  }
  return lastSequence + events.length;
}

type EventRow = Omit<Selectable<EventsTable>, "event_id">;

const insertOne = compiledQuery((db, { deployment_id, sequence, at, type, body_json }: EventRow) =>
  db.insertInto("events").values({ deployment_id, sequence, at, type, body_json }),
);

const insertTwo = compiledQuery(
  (
    db,
    {
      deployment_id,
      sequence,
      at,
      type,
      body_json,
      second,
      type2,
      body2,
    }: EventRow & { readonly second: number; readonly type2: string; readonly body2: EventRow["body_json"] },
  ) =>
    db.insertInto("events").values([
      { deployment_id, sequence, at, type, body_json },
      { deployment_id, sequence: second, at, type: type2, body_json: body2 },
    ]),
);

/** In one statement, whose text is the same for any number of them. */
async function insertMany(
  db: WriteTransaction["db"],
  deploymentId: string,
  at: number,
  rows: readonly Pick<EventRow, "sequence" | "type" | "body_json">[],
): Promise<void> {
  await sql`
    INSERT INTO events (deployment_id, sequence, at, type, body_json)
    SELECT ${deploymentId}, new.sequence, ${at}::bigint, new.type, new.body_json
    FROM unnest(
      ${rows.map(({ sequence }) => sequence)}::bigint[],
      ${rows.map(({ type }) => type)}::text[],
      ${rows.map(({ body_json }) => body_json)}::text[]
    ) AS new (sequence, type, body_json)
    ORDER BY new.sequence`.execute(db);
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
  return rows.map(readRow);
}

/** Events that come for each target and lifecycle event; all others are the deployment's own. */
const TARGET_EVENTS = [
  "commandOffered",
  "lifecycleEventStarted",
  "heartbeatMissed",
  "lifecycleEventSucceeded",
  "lifecycleEventFailed",
  "lifecycleEventUnreported",
  "targetWaiting",
  "weightsAsked",
  "targetReady",
  "targetSucceeded",
  "targetFailed",
  "targetSkipped",
].flatMap(storedTypesOf);

/** What happened to a deployment as a whole, without what its targets did: a few rows of what may be tens of thousands. */
export async function readOwnEvents(
  { db }: Pick<Store, "db">,
  { afterEventId, deploymentId, limit }: EventSelection & { readonly deploymentId: string },
): Promise<RecordedEvent[]> {
  const rows = await db
    .selectFrom("events")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .where("event_id", ">", afterEventId)
    .where("type", "not in", TARGET_EVENTS)
    .orderBy("sequence")
    .limit(limit)
    .execute();
  return rows.map(readRow);
}

function readRow(row: Selectable<EventsTable>): RecordedEvent {
  return {
    eventId: row.event_id,
    deploymentId: row.deployment_id,
    sequence: row.sequence,
    at: row.at,
    ...readStoredEvent(row, () => String(row.event_id)),
  };
}

export async function newestEventId({ db }: Pick<Store, "db">): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select((expression) => expression.fn.max("event_id").as("newest"))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

/** The stream names targets; what they were before the deployment is the planner's business. Who runs an event is told where it is unusual. */
function bodyOf(event: DeploymentEvent): Record<string, unknown> {
  const { type: _, ...body } = event;
  if (event.type === "commandOffered" && event.by === usualExecutor(event.event)) {
    const { type: _, by: __, ...offer } = event;
    return offer;
  }
  if (event.type !== "deploymentStarted") return body;
  return {
    minimumHealthyHosts: event.minimumHealthyHosts,
    targets: event.targets.map((target) => ({ targetId: target.targetId, hostName: targetName(target) })),
  };
}
