import { MAX_LATE_OUTPUT_MILLISECONDS } from "@sluice/model/limits.ts";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import type { Timers } from "../loops/timers.ts";
import { inListParts } from "../store/in-list.ts";
import type { Store } from "../store/open-store.ts";
import type { DeploymentLogs } from "./deployment-logs.ts";

/** How often it is looked for output that can be compressed. */
const LOOK_MILLISECONDS = 60_000;
/** Looks between two surveys of the whole disk. */
const LOOKS_PER_SURVEY = 60;

export interface LogKeeperOptions {
  readonly logs: DeploymentLogs;
  readonly store: Pick<Store, "db">;
  readonly timers: Timers;
  readonly onError: (error: unknown) => void;
}

/** Compresses the output of deployments that are over and get no more of it, and knows how much there is of all. */
export class LogKeeper {
  readonly #options: LogKeeperOptions;
  readonly #loop: PacedLoop;
  #looks = 0;

  constructor(options: LogKeeperOptions) {
    this.#options = options;
    this.#loop = new PacedLoop({ timers: options.timers, onError: this.#onError, turn: () => this.#turn() });
  }

  start(): void {
    this.#loop.wake();
  }

  /** Waits for a look that is under way; closing the logs makes it end soon. */
  close(): Promise<void> {
    return this.#loop.close();
  }

  readonly #onError = (error: unknown): void => {
    const { logs, onError } = this.#options;
    if (!logs.isClosed) onError(error);
  };

  async #turn(): Promise<Pace> {
    await this.look().catch(this.#onError);
    return sleepFor(LOOK_MILLISECONDS);
  }

  /** Looks once: surveys when it is time to, and compresses what is over. */
  async look(): Promise<void> {
    const { logs } = this.#options;
    if (this.#looks++ % LOOKS_PER_SURVEY === 0) await logs.survey();
    for (const deploymentId of await this.#over(logs.unfinished)) {
      if (logs.isClosed) return;
      // One that cannot be compressed must not keep the others from it.
      await logs.finish(deploymentId).catch(this.#onError);
    }
  }

  /** Of these deployments those that ended so long ago that no output of them is taken any more. */
  async #over(deploymentIds: readonly string[]): Promise<string[]> {
    const { store, timers } = this.#options;
    const over: string[] = [];
    for (const part of inListParts(deploymentIds)) {
      const rows = await store.db
        .selectFrom("deployments")
        .select("deployment_id")
        .where("deployment_id", "in", part)
        .where("active", "=", 0)
        .where("completed_at", "<=", timers.now() - MAX_LATE_OUTPUT_MILLISECONDS - LOOK_MILLISECONDS)
        .execute();
      over.push(...rows.map((row) => row.deployment_id));
    }
    return over;
  }
}
