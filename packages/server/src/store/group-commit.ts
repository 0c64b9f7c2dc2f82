import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Kysely, Transaction } from "kysely";
import { CommitUnknownError, DatabaseAwayError, StatementTooSlowError } from "./database-away.ts";
import type { Database } from "./schema.ts";

/** What a piece of work inside a transaction has at hand. */
export interface WriteTransaction {
  readonly db: Transaction<Database>;
  readonly dialect: "sqlite" | "postgres";
  /** Runs once the whole transaction is durable; never when it was rolled back. */
  afterCommit(action: () => void): void;
}

/** May run more than once (when a neighbour in its group fails, or the connection), so it touches nothing but the transaction. */
export type Work<T> = (transaction: WriteTransaction) => Promise<T>;

/** How many pieces of work share one commit, so that no caller waits for an endless group. */
const MAX_GROUP_WORKS = 256;
/** A commit that begins so soon after the last one ended says that the server has more to write than one commit at a time. */
const BACK_TO_BACK_MILLISECONDS = 1;
/** How long such a commit waits for more at most. */
const MAX_GATHERING_MILLISECONDS = 10;

/** How long a writer waits for a database that is away, before it is told so: a restart of PostgreSQL takes a second or two. */
const PATIENCE_MILLISECONDS = 5_000;
/** How long a writer waits at most when the statements of others take too long: for two of them. */
const NEIGHBOUR_PATIENCE_MILLISECONDS = 20_000;
/** Between two tries while the database is away. */
const AWAY_PAUSE_MILLISECONDS = 200;

/** How long this one waits for a database that is away: until the signal aborts; absent: a few seconds. */
export interface WriteOptions {
  readonly until?: AbortSignal | undefined;
}

interface Pending {
  readonly work: Work<unknown>;
  readonly since: number;
  readonly until: AbortSignal | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Whether a transaction whose COMMIT was not answered was done. Waits until the database knows, or rejects when `signal` aborts. */
type WasCommitted = (transactionId: string, signal: AbortSignal) => Promise<boolean>;

/**
 * Writers that arrive while a commit is under way share the next one: one fsync for many agents' reports. When one piece of
 * work throws, the group is rolled back and each piece runs in a transaction of its own, so a caller's fault costs its neighbours
 * time and nothing else.
 */
export class GroupCommit {
  readonly #closing = new AbortController();
  readonly #wasCommitted: WasCommitted;
  readonly #db: Kysely<Database>;
  readonly #dialect: "sqlite" | "postgres";
  readonly #gathers: boolean;
  #pending: Pending[] = [];
  #running = false;
  /** The last try to commit found no database. */
  #isAway = false;
  #endedAt = Number.NEGATIVE_INFINITY;
  #tookMilliseconds = 0;

  /**
   * @param gathers whether a commit first lets every request that has arrived already join its group. SQLite works without ever giving
   *   the event loop a turn, so without this the first request that was read would be committed before the second is even looked at.
   *   Not worth a turn where a commit costs nothing (in memory).
   * @param wasCommitted absent where a commit is always answered
   */
  constructor(
    db: Kysely<Database>,
    dialect: "sqlite" | "postgres",
    gathers: boolean,
    wasCommitted: WasCommitted = async () => false,
  ) {
    this.#wasCommitted = wasCommitted;
    this.#db = db;
    this.#dialect = dialect;
    this.#gathers = gathers;
  }

  write<T>(work: Work<T>, { until }: WriteOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const since = performance.now();
      this.#pending.push({ work, since, until, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#running) {
        this.#running = true;
        void this.#drain();
      }
    });
  }

  /** What waits for a database that is away waits no longer. */
  close(): void {
    this.#closing.abort(new DatabaseAwayError(new Error("the server ends")));
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      if (this.#gathers) await this.#gather();
      const group = this.#pending.slice(0, MAX_GROUP_WORKS);
      this.#pending = this.#pending.slice(MAX_GROUP_WORKS);
      const startedAt = performance.now();
      await this.#commitOrReject(group);
      this.#endedAt = performance.now();
      this.#tookMilliseconds = this.#endedAt - startedAt;
    }
    this.#running = false;
  }

  async #commitOrReject(group: readonly Pending[]): Promise<void> {
    try {
      await this.#commit(group);
    } catch (error) {
      if (error instanceof DatabaseAwayError) await this.#tryAgain(group, error);
      else if (group.length === 1) group[0]?.reject(error);
      else for (const alone of group) await this.#commitOrReject([alone]);
    }
  }

  /** Nothing of it was done. Those who may wait are the first of the next group; the others are told. */
  async #tryAgain(group: readonly Pending[], error: DatabaseAwayError): Promise<void> {
    this.#pending = [...group, ...this.#pending];
    this.#letGo(error, PATIENCE_MILLISECONDS);
    // The first time at once: of a pool's connections one alone may have been lost.
    if (this.#isAway && this.#pending.length > 0) await pause(AWAY_PAUSE_MILLISECONDS);
    this.#isAway = true;
  }

  /** One piece of work alone had a statement that takes too long. The others, of which nothing was done either, are the first of the next group. */
  #leaveOut(slow: Pending, group: readonly Pending[], error: StatementTooSlowError): void {
    slow.reject(error);
    this.#pending = [...group.filter((one) => one !== slow), ...this.#pending];
    this.#letGo(error, NEIGHBOUR_PATIENCE_MILLISECONDS);
  }

  #letGo(error: DatabaseAwayError | StatementTooSlowError, patienceMilliseconds: number): void {
    const now = performance.now();
    const isOver = ({ since, until }: Pending) =>
      this.#closing.signal.aborted || (until ? until.aborted : now - since >= patienceMilliseconds);
    const gone = this.#pending.filter(isOver);
    this.#pending = this.#pending.filter((pending) => !isOver(pending));
    for (const { reject } of gone) reject(error);
  }

  /**
   * The connection was lost while it was committed. Nobody of the group is answered before it is known whether it was: told too early, a
   * caller would do again what was done. Those who came after it do not wait for that.
   */
  async #isDoneAfterAll(error: CommitUnknownError): Promise<boolean> {
    const others = setInterval(() => this.#letGo(error, PATIENCE_MILLISECONDS), AWAY_PAUSE_MILLISECONDS);
    try {
      return await this.#wasCommitted(error.transactionId, this.#closing.signal);
    } catch {
      return false;
    } finally {
      clearInterval(others);
    }
  }

  /**
   * One turn of the event loop; under load, as long as the last commit kept the loop from turning. Node accepts one connection a turn, so
   * a server that only turned once a commit would leave a fleet that connects at once waiting at the door for half a minute.
   */
  async #gather(): Promise<void> {
    const since = performance.now();
    const isBusy = since - this.#endedAt < BACK_TO_BACK_MILLISECONDS;
    const milliseconds = isBusy ? Math.min(this.#tookMilliseconds, MAX_GATHERING_MILLISECONDS) : 0;
    do await nextTurn();
    while (performance.now() - since < milliseconds && this.#pending.length < MAX_GROUP_WORKS);
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    let actions: (() => void)[] = [];
    let results: readonly unknown[] = [];
    let atWork: Pending | undefined;
    const transact = this.#db.transaction().execute(async (db) => {
      const values: unknown[] = [];
      actions = [];
      const transaction = {
        db,
        dialect: this.#dialect,
        afterCommit: (action: () => void) => void actions.push(action),
      };
      for (const pending of group) {
        atWork = pending;
        values.push(await pending.work(transaction));
      }
      atWork = undefined;
      results = values;
    });
    try {
      await transact;
      this.#isAway = false;
    } catch (error) {
      if (error instanceof StatementTooSlowError && atWork) return this.#leaveOut(atWork, group, error);
      if (!(error instanceof CommitUnknownError) || !(await this.#isDoneAfterAll(error))) throw error;
    }
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
