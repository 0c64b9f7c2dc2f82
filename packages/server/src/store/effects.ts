import type { EffectReport, EffectReports } from "@sluice/engine/effect-report.ts";
import type { Effect } from "@sluice/engine/event.ts";
import { type Json, toJson, UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { type SelectQueryBuilder, sql } from "kysely";
import { EFFECT, readOutcome, readProgress, readReport } from "./columns/effect-columns.ts";
import type { EffectKind, OutcomeOf, ProgressOf } from "./columns/effect-records.ts";
import { compiledListQuery, compiledQuery } from "./compiled-query.ts";
import type { WriteTransaction } from "./group-commit.ts";
import { inListParts } from "./in-list.ts";
import type { Store } from "./open-store.ts";
import type { Database, EffectsTable } from "./schema.ts";

/**
 * Of the effects to come, so many are looked at for the one that is due first: more than a server has under way, since those were due
 * earlier, and have a lease that ends later.
 */
const LOOK_AHEAD_ROWS = 250;

export interface PendingEffect<Kind extends EffectKind = EffectKind> {
  readonly key: string;
  readonly deploymentId: string;
  readonly effect: Extract<Effect, { readonly kind: Kind }>;
  /** How often it has been tried since it last got anywhere, this time included. */
  readonly attempts: number;
  /** What the attempts before left; undefined: nothing. */
  readonly progress: ProgressOf<Kind> | undefined;
}

/** Claimed like any other, so that one effect that nobody can read keeps no others waiting. */
export interface UnreadableEffect {
  readonly key: string;
  readonly deploymentId: string;
  readonly unreadable: UnreadableColumn;
}

/** The kind of which a deployment has as many as it has hosts; of every other it has one. */
export const TRAFFIC_KIND = "routeTraffic";

/** What of the effects that are due a server has no room for now. */
export interface ShutOut {
  /** All traffic events. */
  readonly traffic: boolean;
  /** Everything else. */
  readonly others: boolean;
  /** The traffic events of these deployments. */
  readonly deployments: readonly string[];
}

export const NOTHING_SHUT_OUT: ShutOut = { traffic: false, others: false, deployments: [] };

/** Decides which of the effects that are due a server takes. */
export interface DueEffects {
  /** How many more. */
  readonly size: number;
  /** What is not even looked at. */
  readonly shutOut: ShutOut;
  /** Takes one if there is room for it. */
  admit(effect: { readonly deploymentId: string; readonly kind: string }): boolean;
}

/** An effect that is asked for twice is one effect: its key derives from state. */
export async function insertEffects(
  { db, dialect }: WriteTransaction,
  deploymentId: string,
  effects: readonly Effect[],
  now: number,
): Promise<void> {
  if (dialect === "postgres" && effects.length > 1) return insertManyEffects(db, deploymentId, effects, now);
  for (const effect of effects) {
    await insertEffect(db, {
      effect_key: effect.key,
      deployment_id: deploymentId,
      kind: effect.kind,
      payload_json: EFFECT.write(effect),
      run_at: now,
    });
  }
}

/** In one statement, whose text is the same for any number of them. */
async function insertManyEffects(
  db: WriteTransaction["db"],
  deploymentId: string,
  effects: readonly Effect[],
  now: number,
): Promise<void> {
  for (const part of inListParts(effects)) {
    await sql`
      INSERT INTO effects (effect_key, deployment_id, kind, payload_json, run_at, attempts)
      SELECT new.effect_key, ${deploymentId}, new.kind, new.payload_json, ${now}::bigint, 0
      FROM unnest(
        ${part.map(({ key }) => key)}::text[],
        ${part.map(({ kind }) => kind)}::text[],
        ${part.map((effect) => EFFECT.write(effect))}::text[]
      ) AS new (effect_key, kind, payload_json)
      ON CONFLICT (effect_key) DO NOTHING`.execute(db);
  }
}

const insertEffect = compiledQuery(
  (
    db,
    {
      effect_key,
      deployment_id,
      kind,
      payload_json,
      run_at,
    }: Pick<EffectsTable, "effect_key" | "deployment_id" | "kind" | "payload_json" | "run_at">,
  ) =>
    db
      .insertInto("effects")
      .values({
        effect_key,
        deployment_id,
        kind,
        payload_json,
        run_at,
        outcome_json: null,
        progress_json: null,
        attempts: 0,
        lease_owner: null,
        lease_until: null,
      })
      .onConflict((conflict) => conflict.column("effect_key").doNothing()),
);

/**
 * Takes effects that are due, and for which there is `room`, for itself until `leaseUntil`; one that its owner never ended is taken over
 * after that. A SQLite database is open in one server alone, so there another owner is a process that is gone, and nobody waits for its
 * lease to run out.
 */
export async function claimEffects(
  transaction: WriteTransaction,
  { owner, now, leaseUntil }: Claim,
  room: DueEffects,
): Promise<(PendingEffect | UnreadableEffect)[]> {
  const claimed: (PendingEffect | UnreadableEffect)[] = [];
  while (room.size > 0) {
    const due = await dueEffects(transaction, owner, now, room);
    const admitted = due.filter((row) => room.admit({ deploymentId: row.deployment_id, kind: row.kind }));
    if (admitted.length > 0) {
      await leaseEffects(transaction, admitted, owner, leaseUntil);
      claimed.push(...admitted.map(claimedEffect));
    }
    // Each that was passed over stood before others of which there may be room for some; its like is left out of the next look.
    if (admitted.length === due.length) break;
  }
  return claimed;
}

async function leaseEffects(
  { db, dialect }: WriteTransaction,
  effects: readonly DueEffect[],
  owner: string,
  leaseUntil: number,
): Promise<void> {
  if (dialect === "sqlite") {
    for (const { effect_key: key } of effects) await leaseEffect(db, { key, owner, leaseUntil });
    return;
  }
  const keys = effects.map((effect) => effect.effect_key);
  await leasing(db, owner, leaseUntil).where("effect_key", "in", keys).execute();
}

const leaseEffect = compiledQuery(
  (db, { key, owner, leaseUntil }: { readonly key: string; readonly owner: string; readonly leaseUntil: number }) =>
    leasing(db, owner, leaseUntil).where("effect_key", "=", key),
);

const leasing = (db: Store["db"], owner: string, leaseUntil: number) =>
  db.updateTable("effects").set((expression) => ({
    lease_owner: owner,
    lease_until: leaseUntil,
    attempts: expression("attempts", "+", 1),
  }));

export interface Claim {
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
}

/** The first of those that are due, as many as there is room for; nothing that is shut out already. */
async function dueEffects({ db, dialect }: WriteTransaction, owner: string, now: number, room: DueEffects) {
  const { size, shutOut } = room;
  if (dialect === "sqlite" && isNothing(shutOut)) {
    const { rows } = await effectsToClaim(db, { owner, now });
    return rows.slice(0, size);
  }
  const due = withoutThose(claimable(db, owner, now, dialect), shutOut)
    .orderBy("run_at")
    .limit(size);
  return dialect === "postgres" ? due.forUpdate().skipLocked().execute() : due.execute();
}

const effectsToClaim = compiledQuery((db, { owner, now }: { readonly owner: string; readonly now: number }) =>
  claimable(db, owner, now, "sqlite").orderBy("run_at").limit(LOOK_AHEAD_ROWS),
);

const claimable = (db: Store["db"], owner: string, now: number, dialect: WriteTransaction["dialect"]) =>
  db
    .selectFrom("effects")
    .select(["effect_key", "deployment_id", "kind", "payload_json", "progress_json", "attempts"])
    .where("outcome_json", "is", null)
    .where("run_at", "<=", now)
    .where((expression) =>
      expression.or([
        expression("lease_until", "is", null),
        expression("lease_until", "<=", now),
        ...(dialect === "sqlite" ? [expression("lease_owner", "!=", owner)] : []),
      ]),
    );

type DueEffect = Awaited<ReturnType<typeof dueEffects>>[number];

function claimedEffect(row: DueEffect): PendingEffect | UnreadableEffect {
  const { effect_key: key, deployment_id: deploymentId } = row;
  try {
    const effect = EFFECT.read(row);
    return { key, deploymentId, effect, attempts: row.attempts + 1, progress: readProgress(effect.kind, row) };
  } catch (error) {
    if (error instanceof UnreadableColumn) return { key, deploymentId, unreadable: error };
    throw error;
  }
}

function withoutThose<Row>(
  query: SelectQueryBuilder<Database, "effects", Row>,
  { traffic, others, deployments }: ShutOut,
): SelectQueryBuilder<Database, "effects", Row> {
  let left = query;
  if (traffic) left = left.where("kind", "!=", TRAFFIC_KIND);
  if (others) left = left.where("kind", "=", TRAFFIC_KIND);
  if (!traffic && deployments.length > 0) {
    left = left.where((expression) =>
      expression.or([expression("kind", "!=", TRAFFIC_KIND), expression("deployment_id", "not in", deployments)]),
    );
  }
  return left;
}

function isNothing({ traffic, others, deployments }: ShutOut): boolean {
  return !traffic && !others && deployments.length === 0;
}

/** The attempt goes on. Does nothing to an effect that another server has taken over, or that has ended. */
export async function renewLease(
  { db }: WriteTransaction,
  key: string,
  owner: string,
  leaseUntil: number,
): Promise<void> {
  await db
    .updateTable("effects")
    .set({ lease_until: leaseUntil })
    .where("effect_key", "=", key)
    .where("lease_owner", "=", owner)
    .execute();
}

/** False when the lease has gone to another server, whose attempt counts; then nothing is written. */
export async function recordEffectOutcome(
  { db }: WriteTransaction,
  key: string,
  owner: string,
  outcome: OutcomeOf<EffectKind>,
): Promise<boolean> {
  const { numAffectedRows } = await endEffect(db, { key, owner, outcome: toJson(outcome) });
  return (numAffectedRows ?? 0n) > 0n;
}

const endEffect = compiledQuery(
  (
    db,
    {
      key,
      owner,
      outcome,
    }: { readonly key: string; readonly owner: string; readonly outcome: Json<OutcomeOf<EffectKind>> },
  ) =>
    db
      .updateTable("effects")
      .set({ outcome_json: outcome, lease_owner: null, lease_until: null })
      .where("effect_key", "=", key)
      .where("lease_owner", "=", owner),
);

export interface Postponement<Kind extends EffectKind = EffectKind> {
  /** Epoch milliseconds. */
  readonly runAt: number;
  /** What the planner may know of it meanwhile; absent: what it knew. */
  readonly progress?: ProgressOf<Kind> | undefined;
  /** The attempt was not in vain, so attempts are counted anew. */
  readonly isUnderWay: boolean;
}

/** Nothing happens when the lease has gone to another server. */
export async function postponeEffect(
  { db }: WriteTransaction,
  key: string,
  owner: string,
  { runAt, progress, isUnderWay }: Postponement,
): Promise<void> {
  const postpone = isUnderWay ? postponeUnderWay : postponeInVain;
  await postpone(db, { key, owner, runAt, progress: progress === undefined ? null : toJson(progress) });
}

interface PostponedColumns {
  readonly key: string;
  readonly owner: string;
  readonly runAt: number;
  readonly progress: Json<ProgressOf<EffectKind>> | null;
}

const postponeInVain = compiledQuery((db, columns: PostponedColumns) => postponing(db, columns));

const postponeUnderWay = compiledQuery((db, columns: PostponedColumns) => postponing(db, columns).set({ attempts: 0 }));

const postponing = (db: Store["db"], { key, owner, runAt, progress }: PostponedColumns) =>
  db
    .updateTable("effects")
    .set({
      run_at: runAt,
      lease_owner: null,
      lease_until: null,
      progress_json: sql<PostponedColumns["progress"]>`COALESCE(${progress}, progress_json)`,
    })
    .where("effect_key", "=", key)
    .where("lease_owner", "=", owner);

export async function hasDueEffects(
  { db }: Pick<Store, "db">,
  now: number,
  shutOut = NOTHING_SHUT_OUT,
): Promise<boolean> {
  const { rows } = isNothing(shutOut)
    ? await oneDueEffect(db, { now })
    : await db.executeQuery(withoutThose(dueEffect(db, now), shutOut).compile());
  return rows.length > 0;
}

const dueEffect = (db: Store["db"], now: number) =>
  db.selectFrom("effects").select("effect_key").where("outcome_json", "is", null).where("run_at", "<=", now).limit(1);

const oneDueEffect = compiledQuery((db, { now }: { readonly now: number }) => dueEffect(db, now));

/** When the next effect falls due or its lease runs out; null when none is pending. */
export async function nextEffectAt({ db }: Pick<Store, "db">, shutOut = NOTHING_SHUT_OUT): Promise<number | null> {
  const { rows } = isNothing(shutOut)
    ? await nextEffects(db, {})
    : await db.executeQuery(withoutThose(effectsToCome(db), shutOut).compile());
  const times = rows.map((row) => Math.max(row.run_at, row.lease_until ?? 0));
  return times.length === 0 ? null : Math.min(...times);
}

const effectsToCome = (db: Store["db"]) =>
  db
    .selectFrom("effects")
    .select(["run_at", "lease_until"])
    .where("outcome_json", "is", null)
    .orderBy("run_at")
    .limit(LOOK_AHEAD_ROWS);

const nextEffects = compiledQuery((db) => effectsToCome(db));

/**
 * An earlier deployment of the same group that has something under way: it may have been stopped, and what it asked a load balancer for
 * may be done yet. Undefined: there is none.
 */
export async function predecessorAtWork(
  { db, dialect }: Pick<Store, "db" | "dialect">,
  deploymentId: string,
  owner: string,
  now: number,
): Promise<string | undefined> {
  let leased = db
    .selectFrom("effects")
    .innerJoin("deployments as asker", "asker.deployment_id", "effects.deployment_id")
    .innerJoin("deployments as asked", "asked.deployment_group_id", "asker.deployment_group_id")
    .select("asker.deployment_id")
    .where("asked.deployment_id", "=", deploymentId)
    .where("asker.deployment_id", "!=", deploymentId)
    .where("outcome_json", "is", null)
    .where("lease_until", ">", now);
  // What a server of before had under way there ended with it.
  if (dialect === "sqlite") leased = leased.where("lease_owner", "=", owner);
  return (await leased.limit(1).executeTakeFirst())?.deployment_id;
}

/** What came back of a deployment's effects of one kind. */
export async function loadEffectOutcome<Kind extends EffectKind>(
  { db }: Pick<Store, "db">,
  deploymentId: string,
  kind: Kind,
): Promise<OutcomeOf<Kind> | undefined> {
  const [row] = (await outcomeOfKind(db, { deploymentId, kind })).rows;
  return row?.outcome_json ? readOutcome(kind, { ...row, outcome_json: row.outcome_json }) : undefined;
}

const outcomeOfKind = compiledQuery(
  (db, { deploymentId, kind }: { readonly deploymentId: string; readonly kind: EffectKind }) =>
    db
      .selectFrom("effects")
      .select(["effect_key", "outcome_json"])
      .where("deployment_id", "=", deploymentId)
      .where("kind", "=", kind)
      .where("outcome_json", "is not", null)
      .limit(1),
);

/** What came back of these effects, or is known of them while they are under way, by key; effects of which nothing is known are left out. */
export async function loadEffectReports({ db }: Pick<Store, "db">, keys: readonly string[]): Promise<EffectReports> {
  const reports = new Map<string, EffectReport>();
  for (const part of inListParts(keys)) {
    const { rows } = await reportsOfEffects(db, part);
    for (const row of rows) {
      const report = readReport(row);
      if (report) reports.set(row.effect_key, report);
    }
  }
  return reports;
}

const reportsOfEffects = compiledListQuery((db, keys) =>
  db
    .selectFrom("effects")
    .select(["effect_key", "kind", "outcome_json", "progress_json"])
    .where("effect_key", "in", keys),
);
