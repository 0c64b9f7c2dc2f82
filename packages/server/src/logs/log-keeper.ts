import { MAX_LATE_OUTPUT_MILLISECONDS } from "@sluice/model/limits.ts";
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
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Compresses the output of deployments that are over and get no more of it, and knows how much there is of all. */
export class LogKeeper {
  readonly #options: LogKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: LogKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#lookAgain(), LOOK_MILLISECONDS).unref();
    this.#lookAgain();
  }

  /** Waits for a look that is under way; closing the logs makes it end soon. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #lookAgain(): void {
    const { logs, onError } = this.#options;
    this.#looking = this.#looking
      .then(() => this.look())
      .catch((error: unknown) => (logs.isClosed ? undefined : onError(error)));
  }

  /** Looks once: surveys when it is time to, and compresses what is over. */
  async look(): Promise<void> {
    const { logs, onError } = this.#options;
    if (this.#looks++ % LOOKS_PER_SURVEY === 0) await logs.survey();
    for (const deploymentId of await this.#over(logs.unfinished)) {
      if (logs.isClosed) return;
      // One that cannot be compressed must not keep the others from it.
      await logs.finish(deploymentId).catch((error: unknown) => (logs.isClosed ? undefined : onError(error)));
    }
  }

  /** Of these deployments those that ended so long ago that no output of them is taken any more. */
  async #over(deploymentIds: readonly string[]): Promise<string[]> {
    const { store, now } = this.#options;
    const over: string[] = [];
    for (const part of inListParts(deploymentIds)) {
      const rows = await store.db
        .selectFrom("deployments")
        .select("deployment_id")
        .where("deployment_id", "in", part)
        .where("active", "=", 0)
        .where("completed_at", "<=", now() - MAX_LATE_OUTPUT_MILLISECONDS - LOOK_MILLISECONDS)
        .execute();
      over.push(...rows.map((row) => row.deployment_id));
    }
    return over;
  }
}
