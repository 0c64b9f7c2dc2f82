import type { LockConnection } from "./lock-connection.ts";

/** A row of pg_stat_activity. `name` ends in machine and process. */
interface HolderRow {
  readonly name: string;
  readonly address: string;
  readonly since: string;
}

/** Who else has an advisory lock, in words: `process 4711 on db-1 (from 10.0.0.7), since 2026-01-31T12:00:00Z`. `own` is in the names of this server's connections. */
export async function lockHolders(connection: LockConnection, lock: number, own: string): Promise<string> {
  const rows = await connection.query<HolderRow>(
    `SELECT application_name AS name, COALESCE(client_addr::text, 'this machine') AS address,
       to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
     FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND objsubid = 1 AND granted
       AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     ORDER BY backend_start`,
    [lock],
  );
  const others = rows.filter(({ name }) => !name.includes(own)).map(wordsOf);
  return others.length > 0 ? others.join("; ") : "one that is shutting down";
}

function wordsOf({ name, address, since }: HolderRow): string {
  const [machine = "?", process = "?"] = name.split(" ").at(-1)?.split(":") ?? [];
  return `process ${process} on ${machine} (from ${address}), since ${since}`;
}
