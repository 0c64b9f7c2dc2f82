import { RECONCILE_INTERVAL_MILLISECONDS, type ReappliedTraffic } from "@sluice/drivers/haproxy/haproxy-router.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Logger } from "pino";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import type { StoredTrafficRouter } from "./stored-traffic-router.ts";

/** One router with the groups that bindings leave to it. */
export interface ReconciledRouter {
  readonly router: StoredTrafficRouter;
  /** What messages call it. */
  readonly name: string;
  readonly isOurs: (group: string) => boolean;
}

/** Looks every second whether a balancer was restarted. Without such balancers it does nothing at all. */
export class TrafficReconciler {
  readonly #routers: readonly ReconciledRouter[];
  readonly #log: Pick<Logger, "info" | "warn">;
  readonly #stop = new AbortController();
  /** What was last said of each router, so that a balancer that stays away fills no log. */
  readonly #lastWords = new Map<ReconciledRouter, string>();
  readonly #loop: PacedLoop;

  constructor(routers: readonly ReconciledRouter[], timers: Timers, log: Pick<Logger, "info" | "warn">) {
    this.#routers = routers;
    this.#log = log;
    const onError = (error: unknown) => log.warn({ reason: reasonOf(error) }, "load balancers could not be looked at");
    this.#loop = new PacedLoop({ timers, onError, turn: () => this.#turn() });
  }

  start(): void {
    if (this.#routers.length > 0) this.#loop.wake();
  }

  /** Nothing is told any more when it resolves. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    await Promise.all(this.#routers.map((one) => this.#reconcile(one)));
    return sleepFor(RECONCILE_INTERVAL_MILLISECONDS);
  }

  async #reconcile(reconciled: ReconciledRouter): Promise<void> {
    const { router, name, isOurs } = reconciled;
    try {
      const told = await router.reconcile(isOurs, this.#stop.signal);
      const words = told.map(describe).join("; ");
      if (words !== "" && this.#isNews(reconciled, words)) {
        this.#log.info({ binding: name, told: words }, "a load balancer was restarted: restoring its servers' states");
      } else if (words === "" && this.#isNews(reconciled, "")) {
        this.#log.info({ binding: name }, "the load balancer can be reached again, and its servers' states are right");
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const reason = reasonOf(error);
      if (this.#isNews(reconciled, reason)) {
        this.#log.warn({ binding: name, reason }, "a load balancer cannot be reached; trying again every second");
      }
    }
  }

  #isNews(reconciled: ReconciledRouter, words: string): boolean {
    if ((this.#lastWords.get(reconciled) ?? "") === words) return false;
    this.#lastWords.set(reconciled, words);
    return true;
  }
}

function describe({ hostId, group, socket, wish, detail }: ReappliedTraffic): string {
  return `${hostId} in ${group} of ${socket} (${wish}): ${detail}`;
}
