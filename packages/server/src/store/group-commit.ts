import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import type { Database } from "./schema.ts";

/** What a piece of work inside a transaction has at hand. */
export interface WriteTransaction {
  readonly db: Transaction<Database>;
  readonly dialect: "sqlite" | "postgres";
  /** Runs once the whole transaction is durable; never when it was rolled back. */
  afterCommit(action: () => void): void;
}

/** May run more than once (when a neighbour in its group fails), so it touches nothing but the transaction. */
export type Work<T> = (transaction: WriteTransaction) => Promise<T>;

/** How many pieces of work share one commit, so that no caller waits for an endless group. */
const GROUP_MAX_WORKS = 256;
/** A commit that begins so soon after the last one ended says that the server has more to write than one commit at a time. */
const BACK_TO_BACK_MILLISECONDS = 1;
/** How long such a commit waits for more at most. */
const GATHERING_MAX_MILLISECONDS = 10;

interface Pending {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Writers that arrive while a commit is under way share the next one: one fsync for many agents' reports. When one piece of
 * work throws, the group is rolled back and each piece runs in a transaction of its own, so a caller's fault costs its neighbours
 * time and nothing else.
 */
export class GroupCommit {
  readonly #db: Kysely<Database>;
  readonly #dialect: "sqlite" | "postgres";
  readonly #gathers: boolean;
  #pending: Pending[] = [];
  #running = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #tookMilliseconds = 0;

  /**
   * @param gathers whether a commit first lets every request that has arrived already join its group. SQLite works without ever giving
   *   the event loop a turn, so without this the first request that was read would be committed before the second is even looked at.
   *   Not worth a turn where a commit costs nothing (in memory).
   */
  constructor(db: Kysely<Database>, dialect: "sqlite" | "postgres", gathers: boolean) {
    this.#db = db;
    this.#dialect = dialect;
    this.#gathers = gathers;
  }

  write<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#running) {
        this.#running = true;
        void this.#drain();
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      if (this.#gathers) await this.#gather();
      const group = this.#pending.slice(0, GROUP_MAX_WORKS);
      this.#pending = this.#pending.slice(GROUP_MAX_WORKS);
      const startedAt = performance.now();
      try {
        await this.#commit(group);
      } catch (error) {
        if (group.length === 1) group[0]?.reject(error);
        else for (const alone of group) await this.#commit([alone]).catch(alone.reject);
      }
      this.#endedAt = performance.now();
      this.#tookMilliseconds = this.#endedAt - startedAt;
    }
    this.#running = false;
  }

  /**
   * One turn of the event loop; under load, as long as the last commit kept the loop from turning. Node accepts one connection a turn, so
   * a server that only turned once a commit would leave a fleet that connects at once waiting at the door for half a minute.
   */
  async #gather(): Promise<void> {
    const since = performance.now();
    const isBusy = since - this.#endedAt < BACK_TO_BACK_MILLISECONDS;
    const milliseconds = isBusy ? Math.min(this.#tookMilliseconds, GATHERING_MAX_MILLISECONDS) : 0;
    do await nextTurn();
    while (performance.now() - since < milliseconds && this.#pending.length < GROUP_MAX_WORKS);
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const actions: (() => void)[] = [];
    const results = await this.#db.transaction().execute(async (db) => {
      const values: unknown[] = [];
      const transaction = {
        db,
        dialect: this.#dialect,
        afterCommit: (action: () => void) => void actions.push(action),
      };
      for (const { work } of group) values.push(await work(transaction));
      return values;
    });
    group.forEach(({ resolve }, index) => {
      resolve(results[index]);
    });
    for (const action of actions) runApart(action);
  }
}

/** The work is durable and must not be done again, whatever a listener throws; what it throws is no writer's error, and is not hidden. */
function runApart(action: () => void): void {
  try {
    action();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
