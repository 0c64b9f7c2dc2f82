import { setTimeout as pause } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import type { DatabaseError } from "pg";
import { DatabaseAwayError, DatabaseHealth, StatementTooSlowError } from "../database-away.ts";
import type { Database } from "../schema.ts";
import {
  connectionSettings,
  SLOW_STATEMENT_MILLISECONDS,
  type StatementLimit,
  setUpSession,
} from "./connection-settings.ts";
import { databaseAddress } from "./database-url.ts";
import { isPassing } from "./lost-connection.ts";
import { postgresDialect } from "./postgres-driver.ts";
import type { WriteFence } from "./server-lock.ts";

const POOL_CONNECTIONS = 10;
const IDLE_CONNECTION_MILLISECONDS = 60_000;
/** Connections to a database that hangs are not waited for when the server ends. */
const CLOSE_TIMEOUT_MILLISECONDS = 2_000;
/** Between two questions what became of a transaction whose server is not back yet. */
const OUTCOME_PAUSE_MILLISECONDS = 200;

export interface OpenPostgresOptions {
  readonly limit?: StatementLimit | undefined;
  readonly fence?: WriteFence | undefined;
}

export interface OpenPostgres {
  readonly db: Kysely<Database>;
  readonly health: DatabaseHealth;
  /** Whether a transaction whose COMMIT was not answered was done. Waits until the database knows. */
  readonly wasCommitted: (transactionId: string, signal: AbortSignal) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Rejects with a message that names the database and the cause when it cannot be reached. */
export async function openPostgres(
  databaseUrl: string,
  { limit = SLOW_STATEMENT_MILLISECONDS, fence }: OpenPostgresOptions = {},
): Promise<OpenPostgres> {
  databaseAddress(databaseUrl);
  // Loaded here only: who runs on SQLite does not pay for the driver.
  const { default: pg } = await import("pg");
  const types = new pg.TypeOverrides();
  // bigint columns hold epoch milliseconds and counters, all below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const health = new DatabaseHealth();
  const pool = new pg.Pool({
    ...connectionSettings(databaseUrl, "server", limit),
    onConnect: (client) => setUpSession(client, limit),
    max: POOL_CONNECTIONS,
    idleTimeoutMillis: IDLE_CONNECTION_MILLISECONDS,
    types,
  });
  // A connection may be lost while nobody waits for an answer on it, in somebody's hands or not: without a listener that ends the process.
  pool.on("connect", (client) => {
    client.on("error", () => {});
  });
  pool.on("error", (error) => {
    if (isPassing(error)) health.failed(new DatabaseAwayError(error));
  });
  const db = new Kysely<Database>({ dialect: postgresDialect({ pool, health, fence, limit }) });
  const close = async () => {
    await Promise.race([db.destroy(), pause(CLOSE_TIMEOUT_MILLISECONDS, undefined, { ref: false })]);
  };
  try {
    await sql`SELECT 1`.execute(db);
  } catch (error) {
    await close();
    const cause = error instanceof DatabaseAwayError ? error.cause : error;
    const why = whyUnreachable(databaseUrl, cause);
    throw isNoSuchDatabase(cause) ? new NoSuchDatabaseError(why, { cause: error }) : new Error(why, { cause: error });
  }
  return { db, health, wasCommitted: (id, signal) => wasCommitted(db, id, signal), close };
}

const NO_SUCH_DATABASE = "3D000";

/** PostgreSQL answers, and has no database of that name. */
export class NoSuchDatabaseError extends Error {
  override readonly name = "NoSuchDatabaseError";
}

function isNoSuchDatabase(cause: unknown): boolean {
  return (cause as Partial<DatabaseError>).code === NO_SUCH_DATABASE;
}

/** Without the password: where to, who, why, and the cure. */
function whyUnreachable(databaseUrl: string, cause: unknown): string {
  const { name, host, port, user, database = user } = databaseAddress(databaseUrl);
  const { code, message, severity } = cause as Partial<DatabaseError>;
  const at = `-h ${host} -p ${port}`;
  if (isNoSuchDatabase(cause)) {
    return `the database ${name} does not exist. Make it: createdb ${database} ${at}${user ? ` -U ${user}` : ""}`;
  }
  // Of several addresses that were tried there is a code, and no message.
  const reason = `cannot reach the database ${name}${user ? ` as ${user}` : ""}: ${message || code || cause}`;
  // PostgreSQL's own errors have a severity.
  return severity ? reason : `${reason}. Check whether PostgreSQL is running there: pg_isready ${at}`;
}

async function wasCommitted(db: Kysely<Database>, transactionId: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    try {
      const { rows } = await sql<{
        status: string | null;
      }>`SELECT pg_xact_status(${transactionId}::xid8) AS status`.execute(db);
      // In progress: the server has not noticed yet that our end of the connection is gone. Null: so old that it is forgotten.
      if (rows[0]?.status !== "in progress") return rows[0]?.status === "committed";
    } catch (error) {
      // "transaction ID is in the future": the database is an older copy, in which it was not done.
      if (!(error instanceof DatabaseAwayError || error instanceof StatementTooSlowError)) return false;
    }
    await pause(OUTCOME_PAUSE_MILLISECONDS, undefined, { signal });
  }
}
