import { type Kysely, type Selectable, type SqlBool, sql } from "kysely";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";
import type { Database, DeliveriesTable } from "./schema.ts";
import { addSetting, readSetting } from "./settings.ts";

export type DeliveryRow = Selectable<DeliveriesTable>;
export type DeliveryStatus = DeliveryRow["status"];

/** A message that an event has just made. */
export type NewDelivery = Pick<
  DeliveryRow,
  | "notification_id"
  | "event_id"
  | "ordinal"
  | "deployment_id"
  | "application_name"
  | "deployment_group_name"
  | "trigger_name"
  | "trigger_target_arn"
  | "event_type"
  | "target_id"
  | "subject"
  | "body"
>;

/** Rows of one insert statement. */
const INSERT_ROWS = 200;
/** More than are sent at once, so that one which is not being sent is among them. */
const LOOK_AHEAD_ROWS = 100;
const CURSOR = "notifications.cursor";
/** Any group that has a trigger names its target in `fields_json`, and no other does. */
const NAMES_TRIGGER = sql<SqlBool>`fields_json LIKE '%"triggerTargetArn"%'`;

/** The last event of the stream whose messages were made; 0 before the first. */
export async function readDeliveryCursor({ db }: Pick<Store, "db">): Promise<number> {
  return Number((await readSetting(db, CURSOR)) ?? 0);
}

/** False when the cursor is no longer at `from`: another server has moved it, and made the messages of what lies between. */
export async function moveDeliveryCursor({ db }: WriteTransaction, from: number, to: number): Promise<boolean> {
  const moved = await db
    .updateTable("settings")
    .set({ value: String(to) })
    .where("name", "=", CURSOR)
    .where("value", "=", String(from))
    .executeTakeFirst();
  if (moved.numUpdatedRows > 0n) return true;
  return from === 0 && addSetting(db, CURSOR, String(to));
}

export async function hasTriggers({ db }: Pick<Store, "db">): Promise<boolean> {
  const row = await db
    .selectFrom("deployment_groups")
    .select("deployment_group_id")
    .where(NAMES_TRIGGER)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What messages are sent in order of: a trigger's about one deployment. */
type Queue = Pick<DeliveryRow, "deployment_id" | "trigger_name">;

/** One that is there already is left as it is. */
export async function insertDeliveries(
  { db }: WriteTransaction,
  deliveries: readonly NewDelivery[],
  at: number,
): Promise<void> {
  const rows = deliveries.map((delivery) => ({
    ...delivery,
    status: "pending" as const,
    attempts: 0,
    pending_since: at,
    next_attempt_at: null,
    last_attempt_at: null,
    reason: null,
    created_at: at,
    ended_at: null,
    lease_owner: null,
    lease_until: null,
  }));
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    await db
      .insertInto("deliveries")
      .values(rows.slice(start, start + INSERT_ROWS))
      .onConflict((conflict) => conflict.column("notification_id").doNothing())
      .execute();
  }
  for (const queue of queuesOf(rows)) await callNext(db, queue, at);
}

/**
 * Takes messages that are due for itself until `leaseUntil`: of each deployment and trigger the first that is pending, so that none
 * overtakes another. A lease that ran out is another's to take; on SQLite, which is open in one server alone, so is a lease of any
 * other owner, who is gone.
 */
export async function claimDeliveries(
  { db, dialect }: WriteTransaction,
  owner: string,
  now: number,
  leaseUntil: number,
  limit: number,
): Promise<DeliveryRow[]> {
  let due = heads(db)
    .selectAll()
    .where("next_attempt_at", "<=", now)
    .where((expression) =>
      expression.or([
        expression("lease_until", "is", null),
        expression("lease_until", "<=", now),
        ...(dialect === "sqlite" ? [expression("lease_owner", "!=", owner)] : []),
      ]),
    )
    .orderBy("next_attempt_at")
    .limit(limit);
  if (dialect === "postgres") due = due.forUpdate().skipLocked();
  const rows = await due.execute();
  if (rows.length === 0) return [];
  await db
    .updateTable("deliveries")
    .set((expression) => ({
      lease_owner: owner,
      lease_until: leaseUntil,
      last_attempt_at: now,
      attempts: expression("attempts", "+", 1),
    }))
    .where(
      "notification_id",
      "in",
      rows.map((row) => row.notification_id),
    )
    .execute();
  return rows.map((row) => ({ ...row, attempts: row.attempts + 1, last_attempt_at: now }));
}

/** The next one's turn has come. Nothing happens when the lease has gone to another, who sends the message once more. */
export async function recordDelivered(
  { db }: WriteTransaction,
  { notificationId, owner, at }: { readonly notificationId: string; readonly owner: string; readonly at: number },
): Promise<void> {
  const ended = await db
    .updateTable("deliveries")
    .set({ status: "delivered", ended_at: at, reason: null, lease_owner: null, lease_until: null })
    .where("notification_id", "=", notificationId)
    .where("lease_owner", "=", owner)
    .returning(["deployment_id", "trigger_name"])
    .execute();
  for (const queue of ended) await callNext(db, queue, at);
}

export interface Postponement {
  readonly notificationId: string;
  readonly owner: string;
  readonly reason: string | null;
  readonly nextAttemptAt: number;
  /** The attempt was broken off by the server's own end, and does not count. */
  readonly isUncounted?: boolean;
}

/** It is being sent still. Nothing happens when the lease has gone to another, or the message has ended. */
export async function renewDeliveryLease(
  { db }: WriteTransaction,
  { notificationId, owner, until }: { readonly notificationId: string; readonly owner: string; readonly until: number },
): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({ lease_until: until })
    .where("notification_id", "=", notificationId)
    .where("lease_owner", "=", owner)
    .execute();
}

/** Nothing happens when the lease has gone to another. */
export async function postponeDelivery({ db }: WriteTransaction, postponement: Postponement): Promise<void> {
  const { notificationId, owner, reason, nextAttemptAt, isUncounted = false } = postponement;
  await db
    .updateTable("deliveries")
    .set((expression) => ({
      next_attempt_at: nextAttemptAt,
      lease_owner: null,
      lease_until: null,
      ...(isUncounted ? { attempts: expression("attempts", "-", 1) } : { reason }),
    }))
    .where("notification_id", "=", notificationId)
    .where("lease_owner", "=", owner)
    .execute();
}

/** The next one's turn has come. Nothing happens when the lease has gone to another. */
export async function giveUpDelivery(
  { db }: WriteTransaction,
  { notificationId, owner, reason, at }: { notificationId: string; owner: string; reason: string; at: number },
): Promise<void> {
  const ended = await db
    .updateTable("deliveries")
    .set({ status: "failed", ended_at: at, reason, lease_owner: null, lease_until: null })
    .where("notification_id", "=", notificationId)
    .where("lease_owner", "=", owner)
    .returning(["deployment_id", "trigger_name"])
    .execute();
  for (const queue of ended) await callNext(db, queue, at);
}

/** When the next message falls due or its lease runs out; null when none is pending. */
export async function nextDeliveryAt({ db }: Pick<Store, "db">): Promise<number | null> {
  const rows = await heads(db)
    .select(["next_attempt_at", "lease_until"])
    .orderBy("next_attempt_at")
    .limit(LOOK_AHEAD_ROWS)
    .execute();
  const times = rows.map((row) => Math.max(row.next_attempt_at ?? 0, row.lease_until ?? 0));
  return times.length === 0 ? null : Math.min(...times);
}

/** Sends messages again, from the first attempt on: one by its id, or all that were given up. Returns how many. */
export async function replayDeliveries(
  { db }: WriteTransaction,
  which: { readonly notificationId: string } | "failed",
  at: number,
): Promise<number> {
  const update = db
    .updateTable("deliveries")
    .set({ status: "pending", attempts: 0, pending_since: at, next_attempt_at: null, ended_at: null });
  const chosen =
    which === "failed"
      ? update.where("status", "=", "failed")
      : update.where("notification_id", "=", which.notificationId);
  // What is being sent at this moment needs no second sender.
  const replayed = await chosen.where("lease_owner", "is", null).returning(["deployment_id", "trigger_name"]).execute();
  for (const queue of queuesOf(replayed)) {
    // One that waits for its next attempt lets an earlier one go first.
    await db
      .updateTable("deliveries")
      .set({ next_attempt_at: null })
      .where(isHead("deliveries"))
      .where("deployment_id", "=", queue.deployment_id)
      .where("trigger_name", "=", queue.trigger_name)
      .where("lease_owner", "is", null)
      .execute();
    await callNext(db, queue, at);
  }
  return replayed.length;
}

/**
 * On PostgreSQL one transaction may add a message to a queue while another ends the queue's last one, and neither sees the other: then
 * nobody has called the next one. Calls it.
 */
export async function callForgotten({ db }: WriteTransaction, at: number): Promise<void> {
  const rows = await db
    .selectFrom("deliveries")
    .select(["deployment_id", "trigger_name"])
    .distinct()
    .where(sql<SqlBool>`status = 'pending' AND next_attempt_at IS NULL`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("deliveries as head")
            .select("head.notification_id")
            .where(isHead("head"))
            .whereRef("head.deployment_id", "=", "deliveries.deployment_id")
            .whereRef("head.trigger_name", "=", "deliveries.trigger_name"),
        ),
      ),
    )
    .execute();
  for (const queue of rows) await callNext(db, queue, at);
}

export async function findDelivery(
  { db }: Pick<Store, "db">,
  notificationId: string,
): Promise<DeliveryRow | undefined> {
  return db.selectFrom("deliveries").selectAll().where("notification_id", "=", notificationId).executeTakeFirst();
}

export interface DeliveryPosition {
  readonly eventId: number;
  readonly ordinal: number;
  readonly notificationId: string;
}

export interface DeliverySelection {
  readonly status?: DeliveryStatus | undefined;
  readonly deploymentId?: string | undefined;
  /** The last one of the page before. */
  readonly after?: DeliveryPosition | undefined;
  readonly limit: number;
}

/** The newest first. */
export async function listDeliveries({ db }: Pick<Store, "db">, selection: DeliverySelection): Promise<DeliveryRow[]> {
  const { status, deploymentId, after, limit } = selection;
  let query = db.selectFrom("deliveries").selectAll();
  if (status !== undefined) query = query.where("status", "=", status);
  if (deploymentId !== undefined) query = query.where("deployment_id", "=", deploymentId);
  if (after !== undefined) {
    query = query.where(
      sql<SqlBool>`(event_id, ordinal, notification_id) < (${after.eventId}, ${after.ordinal}, ${after.notificationId})`,
    );
  }
  return query
    .orderBy("event_id", "desc")
    .orderBy("ordinal", "desc")
    .orderBy("notification_id", "desc")
    .limit(limit)
    .execute();
}

/** How many wait, and how many were given up. */
export async function countUndelivered({ db }: Pick<Store, "db">): Promise<{ pending: number; failed: number }> {
  const count = async (status: DeliveryStatus) => {
    const row = await db
      .selectFrom("deliveries")
      .select((expression) => expression.fn.countAll<number>().as("count"))
      // Written out, so that both databases see that the partial index will do.
      .where(sql<SqlBool>`status = ${sql.lit(status)}`)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  };
  return { pending: await count("pending"), failed: await count("failed") };
}

export async function forgetDeliveries(
  { db }: WriteTransaction,
  before: { readonly delivered: number; readonly failed: number },
): Promise<void> {
  for (const status of ["delivered", "failed"] as const) {
    await db.deleteFrom("deliveries").where("status", "=", status).where("ended_at", "<", before[status]).execute();
  }
}

/** The pending messages whose turn it is. */
function heads(db: Kysely<Database>) {
  return db.selectFrom("deliveries").where(isHead("deliveries"));
}

/** The first of the queue that is pending has its turn now, unless another one of the queue has it still. */
async function callNext(db: Kysely<Database>, queue: Queue, at: number): Promise<void> {
  const current = await heads(db)
    .select("notification_id")
    .where("deployment_id", "=", queue.deployment_id)
    .where("trigger_name", "=", queue.trigger_name)
    .limit(1)
    .executeTakeFirst();
  if (current) return;
  const next = await db
    .selectFrom("deliveries")
    .select("notification_id")
    .where(sql<SqlBool>`status = 'pending'`)
    .where("deployment_id", "=", queue.deployment_id)
    .where("trigger_name", "=", queue.trigger_name)
    .orderBy("event_id")
    .orderBy("ordinal")
    .limit(1)
    .executeTakeFirst();
  if (!next) return;
  await db
    .updateTable("deliveries")
    .set({ next_attempt_at: at })
    .where("notification_id", "=", next.notification_id)
    .execute();
}

function queuesOf(rows: readonly Queue[]): Queue[] {
  return [...new Map(rows.map((row) => [JSON.stringify([row.deployment_id, row.trigger_name]), row])).values()];
}

/** Literally as the partial indexes say it: else the databases do not use them. */
function isHead(table: string) {
  return sql<SqlBool>`${sql.ref(`${table}.status`)} = 'pending' AND ${sql.ref(`${table}.next_attempt_at`)} IS NOT NULL`;
}
