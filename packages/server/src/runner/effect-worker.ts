import type { TargetResolution } from "@sluice/engine/observation.ts";
import { claimEffects, type PendingEffect, postponeEffect, recordEffectOutcome } from "../store/effects.ts";
import type { Store } from "../store/open-store.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** How long one attempt may take before another worker may try. */
const LEASE_MILLISECONDS = 60_000;
const CLAIM_MAX_EFFECTS = 20;
/** Between attempts: doubled each time, up to the maximum. */
const RETRY_FIRST_MILLISECONDS = 250;
const RETRY_MAX_MILLISECONDS = 30_000;
/** After this many attempts the effect has failed. */
const ATTEMPTS_MAX = 8;

export interface EffectWorkerDependencies {
  readonly store: Store;
  readonly now: () => number;
  readonly owner: string;
  readonly feed: ChangeFeed;
  readonly resolveTargets: (deploymentId: string, signal: AbortSignal) => Promise<TargetResolution>;
  readonly onError: (error: unknown) => void;
}

/** Claims what is due, does it through its port, and feeds the outcome back as an observation. */
export async function runDueEffects(dependencies: EffectWorkerDependencies): Promise<void> {
  const { store, now, owner } = dependencies;
  const at = now();
  const due = await store.db
    .selectFrom("effects")
    .select("effect_key")
    .where("outcome_json", "is", null)
    .where("run_at", "<=", at)
    .limit(1)
    .execute();
  if (due.length === 0) return;
  const claimed = await store.write((transaction) =>
    claimEffects(transaction, owner, at, at + LEASE_MILLISECONDS, CLAIM_MAX_EFFECTS),
  );
  await Promise.all(claimed.map((effect) => runEffect(effect, dependencies)));
}

async function runEffect(effect: PendingEffect, dependencies: EffectWorkerDependencies): Promise<void> {
  const { store, now, feed, resolveTargets, onError } = dependencies;
  try {
    const outcome = await resolveTargets(effect.deploymentId, AbortSignal.timeout(LEASE_MILLISECONDS));
    await endEffect(effect, outcome, dependencies);
  } catch (error) {
    onError(error);
    if (effect.attempts < ATTEMPTS_MAX) {
      const delay = Math.min(RETRY_MAX_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (effect.attempts - 1));
      await store.write((transaction) => postponeEffect(transaction, effect.key, now() + delay));
      return;
    }
    const message = `The group's hosts could not be listed: ${error instanceof Error ? error.message : String(error)}`;
    await endEffect(effect, { outcome: "failed", error: { code: "INTERNAL_ERROR", message } }, dependencies);
  }
  feed.publish({ deploymentId: effect.deploymentId, offered: [], hasEvents: false, isDue: true });
}

async function endEffect(
  effect: PendingEffect,
  outcome: TargetResolution,
  { store, now }: EffectWorkerDependencies,
): Promise<void> {
  await store.write(async (transaction) => {
    await recordEffectOutcome(transaction, effect.key, outcome);
    await transaction.db
      .updateTable("deployments")
      .set({ wake_at: now() })
      .where("deployment_id", "=", effect.deploymentId)
      .where("active", "=", 1)
      .execute();
  });
}
