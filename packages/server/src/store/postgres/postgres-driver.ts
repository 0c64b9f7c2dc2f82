import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { QueryResult as PgResult, Pool, PoolClient } from "pg";
import { CommitUnknownError, DatabaseAwayError, type DatabaseHealth, StatementTooSlowError } from "../database-away.ts";
import type { StatementLimit } from "./connection-settings.ts";
import { isGivenUp, isLostConnection, isPassing, isTerminated } from "./lost-connection.ts";
import { READ_EPOCH, TakenOverError, type WriteFence } from "./server-lock.ts";
import { StatementNames } from "./statement-names.ts";

/** Who lost a connection gets another one; as often as there may be dead ones in the pool, and once more. */
const CONNECTION_ATTEMPTS = 11;

/** In one request with BEGIN: the id is known before anything can go wrong with the COMMIT. */
const READ_ID = "SELECT pg_current_xact_id()::text AS id";

interface PostgresParts {
  readonly pool: Pool;
  readonly health: DatabaseHealth;
  readonly fence: WriteFence | undefined;
  /** After which PostgreSQL gives a statement up. */
  readonly limit: StatementLimit;
}

/**
 * Kysely over `pg`: connections that are lost at any moment are thrown away and told as `DatabaseAwayError`, a lost COMMIT with the id by which
 * its outcome can be asked.
 */
export function postgresDialect(parts: PostgresParts): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PostgresDriver(parts),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class PostgresDriver implements Driver {
  readonly #parts: PostgresParts;
  readonly #names = new StatementNames();

  constructor(parts: PostgresParts) {
    this.#parts = parts;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = new PostgresConnection(this.#parts, this.#names);
    await connection.open();
    return connection;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as PostgresConnection).release();
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await (connection as PostgresConnection).begin(settings);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).commit();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).rollback();
  }

  async destroy(): Promise<void> {
    await this.#parts.pool.end();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #parts: PostgresParts;
  readonly #names: StatementNames;
  #client: PoolClient | undefined;
  #isLost = false;
  #transactionId: string | null = null;
  #isInTransaction = false;

  constructor(parts: PostgresParts, names: StatementNames) {
    this.#parts = parts;
    this.#names = names;
  }

  async open(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#client = await this.#parts.pool.connect();
        this.#isLost = false;
        return;
      } catch (error) {
        // An administrator ended it as it began. The database is there: one that is not refuses the next.
        if (!isTerminated(error) || attempt === CONNECTION_ATTEMPTS) throw this.#told(error);
      }
    }
  }

  release(): void {
    this.#client?.release(this.#isLost);
    this.#client = undefined;
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const name = this.#names.of(sql);
    const config = { text: sql, values: parameters as unknown[], ...(name === undefined ? {} : { name }) };
    for (let attempt = 1; ; attempt++) {
      try {
        return resultOf<R>(await this.#query(config));
      } catch (error) {
        const isRead = query.kind === "SelectQueryNode" && !this.#isInTransaction;
        if (!this.#isLost || !isRead || attempt === CONNECTION_ATTEMPTS) throw error;
        this.release();
        await this.open();
      }
    }
  }

  // biome-ignore lint/correctness/useYield: there is no stream
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("rows are read page by page, not as a stream");
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    this.#isInTransaction = true;
    if (accessMode === "read only") {
      await this.#query(`BEGIN ISOLATION LEVEL ${isolationLevel ?? "read committed"} READ ONLY`);
      return;
    }
    const { fence } = this.#parts;
    const epoch = fence?.epoch() ?? null;
    const begin = `BEGIN ISOLATION LEVEL ${isolationLevel ?? "read committed"}; ${READ_ID}`;
    const text = epoch === null ? begin : `${begin}; ${READ_EPOCH}`;
    const [, started, found] = (await this.#query(text)) as unknown as readonly PgResult<Record<string, string>>[];
    this.#transactionId = started?.rows[0]?.id ?? null;
    if (epoch === null || found?.rows[0]?.value === epoch) return;
    await this.rollback();
    const error = new TakenOverError(`it is server number ${found?.rows[0]?.value ?? "?"}, this one is ${epoch}`);
    fence?.onTakenOver(error.message);
    throw error;
  }

  async commit(): Promise<void> {
    const transactionId = this.#transactionId;
    try {
      const { command } = (await this.#query("COMMIT")) as unknown as PgResult;
      if (command === "ROLLBACK") throw new Error("the transaction was rolled back: a statement of it had failed");
    } catch (error) {
      if (!(error instanceof DatabaseAwayError) || !this.#isLost || transactionId === null) throw error;
      throw new CommitUnknownError(error.cause, transactionId);
    } finally {
      this.#isInTransaction = false;
      this.#transactionId = null;
    }
  }

  async rollback(): Promise<void> {
    this.#isInTransaction = false;
    this.#transactionId = null;
    // Without its connection it is rolled back already, and an error here would hide the cause.
    if (this.#isLost) return;
    await this.#query("ROLLBACK").catch(() => {
      this.#isLost = true;
    });
  }

  async #query(
    config: string | { readonly text: string; values: unknown[]; readonly name?: string },
  ): Promise<PgResult> {
    if (!this.#client || this.#isLost) throw this.#told(new Error("Connection terminated"));
    const since = performance.now();
    try {
      const result = await this.#client.query(config);
      this.#parts.health.answered();
      return result;
    } catch (error) {
      const { limit } = this.#parts;
      // Given up before its time, it was an administrator who cancelled it.
      if (!isGivenUp(error) || limit === null || performance.now() - since < limit) throw this.#told(error);
      throw new StatementTooSlowError(limit, typeof config === "string" ? config : config.text, error);
    }
  }

  #told(error: unknown): unknown {
    if (isLostConnection(error)) this.#isLost = true;
    if (!isPassing(error)) return error;
    const away = error instanceof DatabaseAwayError ? error : new DatabaseAwayError(error);
    if (this.#isLost) this.#parts.health.failed(away);
    return away;
  }
}

function resultOf<R>({ command, rowCount, rows }: PgResult): QueryResult<R> {
  const isWrite = command === "INSERT" || command === "UPDATE" || command === "DELETE" || command === "MERGE";
  return { rows: (rows ?? []) as R[], ...(isWrite ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
}
