import { hostname } from "node:os";
import type { ClientBase, PoolConfig } from "pg";

/** How long a connection may take to come, a wait for one of the pool's included. */
export const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
/** PostgreSQL gives a statement up after this, and says so: the connection lives on. Ours take milliseconds. */
export const SLOW_STATEMENT_MILLISECONDS = 8_000;
/** A statement that nobody has answered so long after that is lost, and its connection with it: the database hangs, or the network does. */
const ANSWER_TIMEOUT_MILLISECONDS = 2_000;
/** A server of ours that hangs in a transaction holds up nobody else for longer. */
const IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS = 30_000;
/** So soon a connection whose other end is gone, power and all, is noticed by either side: 4 s, then 3 times 2 s. */
const KEEPALIVE_IDLE_SECONDS = 4;
const KEEPALIVE_INTERVAL_SECONDS = 2;
const KEEPALIVE_COUNT = 3;

/** How long a statement may take; null: as long as it takes, as migrations do. */
export type StatementLimit = number | null;

/** How every connection of ours is made; `purpose` is what pg_stat_activity calls it. Poolers refuse other start parameters than these. */
export function connectionSettings(
  databaseUrl: string,
  purpose: string,
  limit: StatementLimit = SLOW_STATEMENT_MILLISECONDS,
): PoolConfig {
  return {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    query_timeout: limit === null ? 0 : limit + ANSWER_TIMEOUT_MILLISECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_IDLE_SECONDS * 1_000,
    application_name: `sluice ${purpose} ${hostname().slice(0, 30).replaceAll(/[\s:]/g, "-")}:${process.pid}`,
  };
}

/** What PostgreSQL's own side of a connection is told once it is there. */
export async function setUpSession(
  client: ClientBase,
  limit: StatementLimit = SLOW_STATEMENT_MILLISECONDS,
): Promise<void> {
  const settings = {
    statement_timeout: limit ?? 0,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS,
    tcp_keepalives_idle: KEEPALIVE_IDLE_SECONDS,
    tcp_keepalives_interval: KEEPALIVE_INTERVAL_SECONDS,
    tcp_keepalives_count: KEEPALIVE_COUNT,
  };
  const calls = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
  const query = { text: `SELECT ${calls.join(", ")}`, query_timeout: CONNECT_TIMEOUT_MILLISECONDS };
  await client.query(query);
}
