import { RECONCILE_INTERVAL_MILLISECONDS, type ReappliedTraffic } from "@sluice/drivers/haproxy/haproxy-router.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Logger } from "pino";
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
  readonly #timers: Timers;
  readonly #log: Pick<Logger, "info" | "warn">;
  readonly #stop = new AbortController();
  /** What was last said of each router, so that a balancer that stays away fills no log. */
  readonly #lastWords = new Map<ReconciledRouter, string>();
  #round: Promise<void> = Promise.resolve();
  #cancelTimer = () => {};

  constructor(routers: readonly ReconciledRouter[], timers: Timers, log: Pick<Logger, "info" | "warn">) {
    this.#routers = routers;
    this.#timers = timers;
    this.#log = log;
  }

  start(): void {
    if (this.#routers.length === 0 || this.#stop.signal.aborted) return;
    this.#round = Promise.all(this.#routers.map((one) => this.#reconcile(one))).then(() => {
      if (this.#stop.signal.aborted) return;
      this.#cancelTimer = this.#timers.after(RECONCILE_INTERVAL_MILLISECONDS, () => this.start());
    });
  }

  /** Nothing is told any more when it resolves. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#cancelTimer();
    await this.#round;
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
