import type { Effect } from "@sluice/engine/event.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";

export interface PendingEffect {
  readonly key: string;
  readonly deploymentId: string;
  readonly kind: Effect["kind"];
  readonly attempts: number;
}

/** An effect that is asked for twice is one effect: its key derives from state. */
export async function insertEffects(
  { db }: WriteTransaction,
  deploymentId: string,
  effects: readonly Effect[],
  now: number,
): Promise<void> {
  for (const effect of effects) {
    await db
      .insertInto("effects")
      .values({
        effect_key: effect.key,
        deployment_id: deploymentId,
        kind: effect.kind,
        payload_json: "{}",
        outcome_json: null,
        attempts: 0,
        run_at: now,
        lease_owner: null,
        lease_until: null,
      })
      .onConflict((conflict) => conflict.column("effect_key").doNothing())
      .execute();
  }
}

/**
 * Takes effects that are due for itself until `leaseUntil`; one that its owner never ended is taken over after that. A SQLite database
 * is open in one server alone, so there another owner is a process that is gone, and nobody waits for its lease to run out.
 */
export async function claimEffects(
  { db, dialect }: WriteTransaction,
  owner: string,
  now: number,
  leaseUntil: number,
  limit: number,
): Promise<PendingEffect[]> {
  let due = db
    .selectFrom("effects")
    .select(["effect_key", "deployment_id", "kind", "attempts"])
    .where("outcome_json", "is", null)
    .where("run_at", "<=", now)
    .where((expression) =>
      expression.or([
        expression("lease_until", "is", null),
        expression("lease_until", "<=", now),
        ...(dialect === "sqlite" ? [expression("lease_owner", "!=", owner)] : []),
      ]),
    )
    .orderBy("run_at")
    .limit(limit);
  if (dialect === "postgres") due = due.forUpdate().skipLocked();
  const rows = await due.execute();
  if (rows.length === 0) return [];
  await db
    .updateTable("effects")
    .set((expression) => ({
      lease_owner: owner,
      lease_until: leaseUntil,
      attempts: expression("attempts", "+", 1),
    }))
    .where(
      "effect_key",
      "in",
      rows.map((row) => row.effect_key),
    )
    .execute();
  return rows.map((row) => ({
    key: row.effect_key,
    deploymentId: row.deployment_id,
    kind: row.kind as Effect["kind"],
    attempts: row.attempts + 1,
  }));
}

export async function recordEffectOutcome({ db }: WriteTransaction, key: string, outcome: unknown): Promise<void> {
  await db
    .updateTable("effects")
    .set({ outcome_json: JSON.stringify(outcome), lease_owner: null, lease_until: null })
    .where("effect_key", "=", key)
    .execute();
}

export async function postponeEffect({ db }: WriteTransaction, key: string, runAt: number): Promise<void> {
  await db
    .updateTable("effects")
    .set({ run_at: runAt, lease_owner: null, lease_until: null })
    .where("effect_key", "=", key)
    .execute();
}

/** When the next effect falls due or its lease runs out; null when none is pending. */
export async function nextEffectAt({ db }: Pick<Store, "db">): Promise<number | null> {
  const rows = await db
    .selectFrom("effects")
    .select(["run_at", "lease_until"])
    .where("outcome_json", "is", null)
    .orderBy("run_at")
    .limit(50)
    .execute();
  const times = rows.map((row) => Math.max(row.run_at, row.lease_until ?? 0));
  return times.length === 0 ? null : Math.min(...times);
}

/** What came back of a deployment's effects of one kind. */
export async function loadEffectOutcome(
  { db }: Pick<Store, "db">,
  deploymentId: string,
  kind: Effect["kind"],
): Promise<unknown> {
  const row = await db
    .selectFrom("effects")
    .select("outcome_json")
    .where("deployment_id", "=", deploymentId)
    .where("kind", "=", kind)
    .where("outcome_json", "is not", null)
    .executeTakeFirst();
  return row?.outcome_json ? JSON.parse(row.outcome_json) : undefined;
}
