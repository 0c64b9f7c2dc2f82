import { FAILED_TURN_MILLISECONDS, type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import { compiledQuery } from "../store/compiled-query.ts";
import type { Store } from "../store/open-store.ts";

/** How long the loop sleeps at most: a wake-up that was lost with another process costs no more than this. */
export const SCAN_INTERVAL_MILLISECONDS = 5_000;
/** Deployments that are planned in one turn. */
const MAX_TURN_DEPLOYMENTS = 100;

export interface WakeLoopDependencies {
  readonly store: Store;
  readonly timers: Timers;
  readonly planDeployment: (deploymentId: string) => Promise<void>;
  /** Starts what is due and does not wait for it. */
  readonly startEffects: () => Promise<void>;
  /** When the next effect falls due; null: none pending. */
  readonly nextEffectAt: () => Promise<number | null>;
  readonly onError: (error: unknown) => void;
}

/** Plans whatever is due and starts whatever was planned, then sleeps until the next `wake_at`, or until told that something is due. */
export class WakeLoop {
  readonly #dependencies: WakeLoopDependencies;
  readonly #loop: PacedLoop;

  constructor(dependencies: WakeLoopDependencies) {
    const { timers, onError } = dependencies;
    this.#dependencies = dependencies;
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  wake(): void {
    this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    const { store, timers, planDeployment, startEffects, nextEffectAt, onError } = this.#dependencies;
    const { rows: due } = await dueDeployments(store.db, { now: timers.now() });
    const plans = await Promise.allSettled(due.map(({ deployment_id }) => planDeployment(deployment_id)));
    const failures = plans.filter((plan) => plan.status === "rejected");
    for (const { reason } of failures) onError(reason);
    // One deployment that cannot be planned must not keep the others' effects waiting.
    await startEffects();
    if (failures.length > 0) return sleepFor(FAILED_TURN_MILLISECONDS);
    const [next] = (await nextDeployment(store.db, {})).rows;
    const times = [next?.wake_at, await nextEffectAt()].filter((time) => time !== null && time !== undefined);
    return sleepFor(Math.min(SCAN_INTERVAL_MILLISECONDS, ...times.map((time) => Number(time) - timers.now())));
  }
}

const dueDeployments = compiledQuery((db, { now }: { readonly now: number }) =>
  db
    .selectFrom("deployments")
    .select("deployment_id")
    .where("wake_at", "<=", now)
    .where("quarantined", "is", null)
    .orderBy("wake_at")
    .limit(MAX_TURN_DEPLOYMENTS),
);

const nextDeployment = compiledQuery((db) =>
  db
    .selectFrom("deployments")
    .select((expression) => expression.fn.min("wake_at").as("wake_at"))
    .where("wake_at", "is not", null)
    .where("quarantined", "is", null),
);
