import type { Kysely, Selectable } from "kysely";
import type { WriteTransaction } from "../group-commit.ts";
import type { Store } from "../open-store.ts";
import type { Database } from "../schema.ts";
import type { LambdaEventsTable } from "./lambda-tables.ts";

export type EventRow = Selectable<LambdaEventsTable>;

/** One asynchronous invocation, as its caller gave it. */
export type NewEvent = Pick<
  EventRow,
  "request_id" | "function_name" | "qualifier" | "deployment_id" | "execution_id" | "payload" | "created_at"
>;

/** Of an event that is not run any more: it has ended, or its function was deleted while it ran. */
export const NO_PAYLOAD = "";
/** Events that one statement removes. */
const STEP_EVENTS = 500;
/** Of the events to come, so many are looked at for the one that is due first: some of them are another server's. */
const LOOK_AHEAD_ROWS = 250;

/** Due at once. @returns its request id: that of before, where the execution of a hook has been taken already */
export async function insertEvent({ db }: Pick<WriteTransaction, "db">, event: NewEvent): Promise<string> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("lambda_events")
    .values({
      ...event,
      state: "waiting",
      attempts: 0,
      due_at: event.created_at,
      claimed_by: null,
      claimed_until: null,
      ended_at: null,
      executed_version: null,
      error_type: null,
      error_message: null,
      log_tail: null,
    })
    .onConflict((conflict) =>
      conflict.columns(["deployment_id", "execution_id"]).where("execution_id", "is not", null).doNothing(),
    )
    .executeTakeFirst();
  if ((numInsertedOrUpdatedRows ?? 0n) > 0n) return event.request_id;
  const { deployment_id: deploymentId, execution_id: executionId } = event;
  const taken =
    deploymentId === null || executionId === null ? undefined : await findHookEvent(db, deploymentId, executionId);
  return taken?.request_id ?? event.request_id;
}

export async function findHookEvent(
  db: Kysely<Database>,
  deploymentId: string,
  executionId: string,
): Promise<EventRow | undefined> {
  return db
    .selectFrom("lambda_events")
    .selectAll()
    .where("deployment_id", "=", deploymentId)
    .where("execution_id", "=", executionId)
    .executeTakeFirst();
}

export interface EventClaim {
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly leaseUntil: number;
}

/** Decides which of those that are due a server takes. */
export interface EventRoom {
  /** How many more. */
  readonly size: number;
  /** Functions that have no room left: theirs are not even looked at. */
  readonly shutOut: readonly string[];
  /** Takes one if there is room for it. */
  admit(functionName: string): boolean;
}

/**
 * Takes events that are due, and for which there is room, for itself until `leaseUntil`. One that its owner never ended is taken over after
 * that; on SQLite, which is open in one server alone, so is that of any other owner, who is gone.
 */
export async function claimEvents(
  transaction: WriteTransaction,
  claim: EventClaim,
  room: EventRoom,
): Promise<EventRow[]> {
  const claimed: EventRow[] = [];
  while (room.size > 0) {
    const due = await dueEvents(transaction, claim, room);
    const admitted = due.filter((row) => room.admit(row.function_name));
    if (admitted.length > 0) claimed.push(...(await lease(transaction, admitted, claim)));
    // Each that was passed over has shut out its function, so that the next look finds others.
    if (admitted.length === due.length) break;
  }
  return claimed;
}

async function dueEvents(
  { db, dialect }: WriteTransaction,
  { owner, now }: EventClaim,
  { size, shutOut }: EventRoom,
): Promise<EventRow[]> {
  let due = db
    .selectFrom("lambda_events")
    .selectAll()
    .where("ended_at", "is", null)
    .where("due_at", "<=", now)
    .where(({ or, eb }) =>
      or([
        eb("claimed_until", "is", null),
        eb("claimed_until", "<=", now),
        ...(dialect === "sqlite" ? [eb("claimed_by", "!=", owner)] : []),
      ]),
    );
  if (shutOut.length > 0) due = due.where("function_name", "not in", shutOut);
  due = due.orderBy("due_at").limit(size);
  return dialect === "postgres" ? due.forUpdate().skipLocked().execute() : due.execute();
}

async function lease(
  { db }: WriteTransaction,
  rows: readonly EventRow[],
  { owner, leaseUntil }: EventClaim,
): Promise<EventRow[]> {
  const requestIds = rows.map(({ request_id }) => request_id);
  await db
    .updateTable("lambda_events")
    .set(({ eb }) => ({
      state: "running",
      claimed_by: owner,
      claimed_until: leaseUntil,
      attempts: eb("attempts", "+", 1),
    }))
    .where("request_id", "in", requestIds)
    .execute();
  return rows.map((row) => ({ ...row, attempts: row.attempts + 1 }));
}

/** Of all that this server runs. */
export async function renewEventLeases(
  { db }: Pick<WriteTransaction, "db">,
  owner: string,
  until: number,
): Promise<void> {
  await db
    .updateTable("lambda_events")
    .set({ claimed_until: until })
    .where("claimed_by", "=", owner)
    .where("ended_at", "is", null)
    .execute();
}

export type EventEnd = Pick<EventRow, "error_type" | "error_message" | "log_tail" | "executed_version"> & {
  readonly state: "answered" | "failed";
  readonly ended_at: number;
};

/** Its payload is not kept. Nothing happens when another server has taken it over. */
export async function endEvent(
  { db }: Pick<WriteTransaction, "db">,
  requestId: string,
  owner: string,
  end: EventEnd,
): Promise<void> {
  await db
    .updateTable("lambda_events")
    .set({ ...end, payload: NO_PAYLOAD, claimed_by: null, claimed_until: null })
    .where("request_id", "=", requestId)
    .where("claimed_by", "=", owner)
    .execute();
}

export interface EventPostponement {
  readonly dueAt: number;
  /** Of what the attempt came to. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** The function was not reached, so that the attempt does not count. */
  readonly isUncounted: boolean;
}

/** Nothing happens when another server has taken it over. One whose function was deleted ends instead. */
export async function postponeEvent(
  { db }: Pick<WriteTransaction, "db">,
  requestId: string,
  owner: string,
  { dueAt, errorType, errorMessage, isUncounted }: EventPostponement,
  now: number,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("lambda_events")
    .set(({ eb }) => ({
      state: "waiting",
      due_at: dueAt,
      claimed_by: null,
      claimed_until: null,
      error_type: errorType,
      error_message: errorMessage,
      ...(isUncounted ? { attempts: eb("attempts", "-", 1) } : {}),
    }))
    .where("request_id", "=", requestId)
    .where("claimed_by", "=", owner)
    .where("payload", "!=", NO_PAYLOAD)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  const fault = { error_type: errorType, error_message: errorMessage, log_tail: "" };
  await endEvent({ db }, requestId, owner, { state: "failed", ended_at: now, executed_version: null, ...fault });
}

/**
 * Those that wait for a function that is deleted end as failed. Those that run go on to their own end, and have no payload any more to be run
 * with once more.
 */
export async function endEventsOf(
  { db }: Pick<WriteTransaction, "db">,
  functionName: string,
  { now, errorType, errorMessage }: { readonly now: number; readonly errorType: string; readonly errorMessage: string },
): Promise<void> {
  const fault = { error_type: errorType, error_message: errorMessage, log_tail: "", executed_version: null };
  await db
    .updateTable("lambda_events")
    .set({ state: "failed", ended_at: now, ...fault, payload: NO_PAYLOAD })
    .where("function_name", "=", functionName)
    .where("ended_at", "is", null)
    .where("state", "=", "waiting")
    .execute();
  await db
    .updateTable("lambda_events")
    .set({ payload: NO_PAYLOAD })
    .where("function_name", "=", functionName)
    .where("ended_at", "is", null)
    .execute();
}

/** When the next one that this server does not run is due, or free to be taken over; null: there is none. */
export async function nextEventAt(
  { db, dialect }: Pick<Store, "db" | "dialect">,
  owner: string,
): Promise<number | null> {
  const rows = await db
    .selectFrom("lambda_events")
    .select(["due_at", "claimed_until"])
    .where("ended_at", "is", null)
    .where(({ or, eb }) => or([eb("claimed_by", "is", null), eb("claimed_by", "!=", owner)]))
    .orderBy("due_at")
    .limit(LOOK_AHEAD_ROWS)
    .execute();
  const times = rows.map((row) => Math.max(row.due_at, dialect === "sqlite" ? 0 : (row.claimed_until ?? 0)));
  return times.length === 0 ? null : Math.min(...times);
}

/** Those that have not ended. */
export async function countEvents(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom("lambda_events")
    .select((expression) => expression.fn.countAll<number>().as("count"))
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Some of those that ended before. @returns how many */
export async function forgetEvents({ db }: Pick<WriteTransaction, "db">, endedBefore: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("lambda_events")
    .where("request_id", "in", (query) =>
      query
        .selectFrom("lambda_events")
        .select("request_id")
        .where("ended_at", "is not", null)
        .where("ended_at", "<", endedBefore)
        .orderBy("ended_at")
        .limit(STEP_EVENTS),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
