import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type LimitNode,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  ValueNode,
} from "kysely";

/** How many prepared statements are kept; the query code has far fewer distinct texts, bulk inserts of odd sizes come and go. */
const STATEMENT_CACHE_ENTRIES = 500;

/**
 * Kysely over `node:sqlite`: one connection, handed to one user at a time, so a transaction is never seen half-done by another
 * caller. `node:sqlite` ships with the pinned Node and needs no compiler on the machine.
 */
export function nodeSqliteDialect(database: DatabaseSync): Dialect {
  const driver = new NodeSqliteDriver(database);
  return {
    createAdapter: () => new NodeSqliteAdapter(driver),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new NodeSqliteQueryCompiler(),
  };
}

/**
 * Writes limits into the text. SQLite plans by the limit's value, and so plans a statement anew whenever a parameter there is bound, which
 * takes several times as long as running it.
 */
class NodeSqliteQueryCompiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    const limit = ValueNode.is(node.limit) ? node.limit.value : undefined;
    if (typeof limit !== "number" || !Number.isSafeInteger(limit)) super.visitLimit(node);
    else this.append(`limit ${limit}`);
  }
}

/** By which a compiled query finds the short way to the database. */
export class NodeSqliteAdapter extends SqliteAdapter {
  readonly #driver: NodeSqliteDriver;

  constructor(driver: NodeSqliteDriver) {
    super();
    this.#driver = driver;
  }

  /**
   * The answer at once: from here to the rows the query builder makes a dozen promises, which take longer than SQLite does. Undefined when
   * the caller has to wait until somebody else's transaction is over.
   *
   * @param isOwnTransaction whether the caller asks from within its transaction, which then has the connection
   */
  executeNow<R>(text: string, parameters: readonly unknown[], isOwnTransaction: boolean): QueryResult<R> | undefined {
    return this.#driver.executeNow(text, parameters, isOwnTransaction);
  }
}

class NodeSqliteDriver implements Driver {
  readonly #connection: NodeSqliteConnection;
  readonly #database: DatabaseSync;
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#connection = new NodeSqliteConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#busy) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy = true;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy = false;
  }

  executeNow<R>(text: string, parameters: readonly unknown[], isOwnTransaction: boolean): QueryResult<R> | undefined {
    if (isOwnTransaction && !this.#database.isTransaction) throw new Error("the transaction is over already");
    return isOwnTransaction || !this.#busy ? this.#connection.execute(text, parameters) : undefined;
  }

  async beginTransaction(): Promise<void> {
    this.#connection.execute("BEGIN IMMEDIATE");
  }

  async commitTransaction(): Promise<void> {
    this.#connection.execute("COMMIT");
  }

  async rollbackTransaction(): Promise<void> {
    // After some errors, a full disk among them, SQLite has rolled back by itself; asking again would fail, and hide the cause.
    if (this.#database.isTransaction) this.#connection.execute("ROLLBACK");
  }

  async destroy(): Promise<void> {
    this.#connection.forgetStatements();
    this.#database.close();
  }
}

/** A statement, and the columns of its rows; none: it answers with none. */
interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return this.execute<R>(sql, parameters);
  }

  execute<R>(text: string, values: readonly unknown[] = []): QueryResult<R> {
    const { statement, columns } = this.#prepare(text);
    const parameters = values as SQLInputValue[];
    if (columns.length > 0) {
      const rows = statement.all(...parameters) as unknown as unknown[][];
      return { rows: rows.map((values) => rowOf(columns, values) as R) };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // Rows are read at once: an open cursor would hold the only connection across awaits.
    yield this.execute<R>(query.sql, query.parameters);
  }

  forgetStatements(): void {
    this.#statements.clear();
  }

  #prepare(text: string): Prepared {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#database.prepare(text);
    const columns = statement.columns().map(({ name }) => name);
    // Half the time of a small query would go into making the columns' names anew for each row.
    statement.setReturnArrays(true);
    const prepared = { statement, columns };
    if (this.#statements.size >= STATEMENT_CACHE_ENTRIES) {
      const oldest = this.#statements.keys().next().value;
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(text, prepared);
    return prepared;
  }
}

function rowOf(columns: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let place = 0; place < columns.length; place++) row[columns[place]!] = values[place];
  return row;
}
